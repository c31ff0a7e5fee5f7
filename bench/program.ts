import { spawn } from 'node:child_process'
import { once } from 'node:events'

type Start = {
  readonly command: string
  readonly args: ReadonlyArray<string>
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** Runs a program beside `work`; rejects with the end of its output when it ends too early. */
export const withProgram = async <A>(
  { command, args, env = process.env }: Start,
  work: (pid: number) => Promise<A>,
): Promise<A> => {
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-4_000)))
  const exit = once(child, 'exit')
  const ended = exit.then((): never => {
    throw new Error(`${args.join(' ')} ended:\n${output}`)
  })
  ended.catch(() => undefined)
  try {
    await once(child, 'spawn')
    return await Promise.race([work(child.pid ?? 0), ended])
  } finally {
    child.kill('SIGTERM')
    await exit
  }
}
