import { parseArgs } from 'node:util'
import { Trouble } from '../src/embedded/trouble'

/** In the order in which they run, with what they measure. */
const parts = {
  start: 'the start of the product, cold and warm',
  runs: 'demo runs beside bare Temporal: alone, 10 and 50 in flight, processor time by process',
  workers: 'demo runs with one and with two workflow processes',
  fairness: 'a run beside 200 of another organization that hang',
  commands: 'a command until it is accepted, 1 and 8 callers',
  lags: 'an append until its row and its SSE frame, at 20 and 200 events/s',
  memory: 'resident memory by process',
  preflight: 'checks before a run: their time, with servers that answer or not, and the API beside hard ones',
  definitions: 'a definition of 5 revisions beside one of 5,000: read, run, changed',
  'event-store': 'the embedded event store beside PostgreSQL and a server that keeps nothing',
}
export type PartName = keyof typeof parts
const names = Object.keys(parts) as ReadonlyArray<PartName>

export const help = `npm run bench [-- --only PART[,PART]] [--quick]

Starts the product on the embedded stack in a folder of its own, measures, prints a table, and stops it. About eight minutes for
everything; nothing else should use the machine. A row with an aim says whether it is met.

  --only PART    only these parts (may repeat):
${names.map((name) => `                   ${name.padEnd(13)}${parts[name]}`).join('\n')}
  --quick        a tenth of the repeats (event-store: all): shows that the rows work, not what they are
  --help         this text`

export type Wish = { readonly help: boolean; readonly quick: boolean; readonly only: ReadonlyArray<PartName> }

const explained = 'npm run bench -- --help explains.'

const isPart = (name: string): name is PartName => names.some((each) => each === name)

const read = (args: ReadonlyArray<string>) => {
  try {
    return parseArgs({
      args: [...args],
      options: {
        only: { type: 'string', multiple: true, default: [] },
        quick: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values
  } catch (error) {
    throw new Trouble(error instanceof Error ? error.message : String(error), explained)
  }
}

/** Throws Trouble that says what is wrong with the arguments. */
export const wishFrom = (args: ReadonlyArray<string>): Wish => {
  const { only: lists, quick, help: isHelp } = read(args)
  const only = lists.flatMap((list) => list.split(','))
  const unknown = only.filter((name) => !isPart(name))
  if (unknown.length > 0) throw new Trouble(`There is no part ${unknown.join(', ')}.`, explained)
  return { help: isHelp, quick, only: only.length === 0 ? names : only.filter(isPart) }
}
