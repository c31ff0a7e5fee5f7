import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { waitFor } from '../wait-for'
import { commandLineOf, identityOf } from './identity'

type Recorded = {
  readonly name: string
  readonly pid: number
  readonly identity: string
  readonly program: string
  readonly stopSignal: NodeJS.Signals
}

const folder = (dataDir: string) => join(dataDir, 'run')
const file = (dataDir: string, name: string) => join(folder(dataDir), `${name}.pid`)

/** Notes a process we started, so that a later start can end it if we are killed before we can. */
export const record = async (dataDir: string, process: Omit<Recorded, 'identity'>): Promise<void> => {
  const identity = identityOf(process.pid)
  if (identity === undefined) return
  await mkdir(folder(dataDir), { recursive: true })
  await writeFile(file(dataDir, process.name), JSON.stringify({ ...process, identity }))
}

export const forget = (dataDir: string, name: string): Promise<void> => rm(file(dataDir, name), { force: true })

const parse = (text: string): Recorded | undefined => {
  try {
    return JSON.parse(text) as Recorded
  } catch {
    return undefined
  }
}

const isOurs = (recorded: Recorded): boolean =>
  identityOf(recorded.pid) === recorded.identity && commandLineOf(recorded.pid).includes(recorded.program)

const end = async (recorded: Recorded): Promise<void> => {
  const gone = (within: number) => waitFor(() => Promise.resolve(!isOurs(recorded)), within)
  process.kill(recorded.pid, recorded.stopSignal)
  if (await gone(10_000)) return
  process.kill(recorded.pid, 'SIGKILL')
  await gone(5_000)
}

/** Ends what an earlier start left behind: only a recorded pid that still has the recorded start time and program. */
export const endOrphans = async (
  dataDir: string,
  report: (line: string) => void,
  lastFirst: ReadonlyArray<string> = [],
): Promise<void> => {
  const names = (await readdir(folder(dataDir)).catch((): string[] => [])).filter((name) => name.endsWith('.pid'))
  const rank = (name: string) => (lastFirst.indexOf(name.slice(0, -4)) + lastFirst.length + 1) % (lastFirst.length + 1)
  for (const name of names.sort((a, b) => rank(a) - rank(b))) {
    const recorded = parse(await readFile(join(folder(dataDir), name), 'utf8'))
    if (recorded !== undefined && isOurs(recorded)) {
      report(`ending ${recorded.name} (process ${recorded.pid}), left by an earlier start that was killed`)
      await end(recorded)
    }
    await rm(join(folder(dataDir), name), { force: true })
  }
}
