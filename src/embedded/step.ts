/** Where progress goes: the terminal, or nowhere in tests. */
export type Screen = { readonly write: (text: string) => void; readonly isTerminal: boolean }

export const silent: Screen = { write: () => undefined, isTerminal: false }

/** What the set-up of a server works with: the inherited environment, the screen, and the wish to stop. */
export type SetUp = { readonly env: NodeJS.ProcessEnv; readonly screen: Screen; readonly cancelled?: AbortSignal }

/** A line of its own, also while a step counts on. */
export const say = (screen: Screen, line: string): void => {
  screen.write(`${screen.isTerminal ? '\r\u001b[2K' : ''}${line}\n`)
}

const seconds = (since: number) => `${((Date.now() - since) / 1000).toFixed(1)} s`

/** Shows a step while it runs and how long it took. A terminal's line counts on; a log file gets a line every 30 s. */
export const step = async <A>(
  { screen }: Pick<SetUp, 'screen'>,
  title: string,
  work: () => Promise<A>,
  succeeded: (result: A) => boolean = () => true,
): Promise<A> => {
  const began = Date.now()
  const line = (mark: string, end: string) => {
    screen.write(`${screen.isTerminal ? '\r\u001b[2K' : ''}${mark} ${title} ${seconds(began)}${end}`)
  }
  const running = () => {
    line('·', screen.isTerminal ? '' : '\n')
  }
  if (screen.isTerminal) running()
  const timer = setInterval(running, screen.isTerminal ? 200 : 30_000)
  try {
    const result = await work()
    line(succeeded(result) ? '✓' : '✗', '\n')
    return result
  } catch (error) {
    line('✗', '\n')
    throw error
  } finally {
    clearInterval(timer)
  }
}
