import { clearInterval, setInterval } from 'node:timers'

const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`

/** Shows a step while it runs and how long it took. A terminal's line counts on; a log gets a line every 30 s. */
export const step = async (title, work) => {
  const isTerminal = process.stdout.isTTY && process.env.CI === undefined
  const began = Date.now()
  const line = (mark, end) =>
    process.stdout.write(`${isTerminal ? '\r\u001b[2K' : ''}${mark} ${title} ${seconds(began)}${end}`)
  const running = () => line('·', isTerminal ? '' : '\n')
  if (isTerminal) running()
  const timer = setInterval(running, isTerminal ? 200 : 30_000)
  const result = await work().finally(() => clearInterval(timer))
  line(result.code === 0 ? '✓' : '✗', '\n')
  return result
}
