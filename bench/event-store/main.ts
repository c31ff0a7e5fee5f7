import { ms } from '../row'
import type { Spread } from '../spread'
import { largeAppend, measureReads, type Reads } from './reads'
import { withServers } from './servers'
import { measureWrites, mostConnections, type Writes } from './writes'

const whole = (value: number): string => Math.round(value).toLocaleString('en')
const times = ({ p50, p99 }: Spread): string => `p50 ${ms(p50)}, p99 ${ms(p99)}`

const writeLine = ({ callers, append, silent, insert }: Writes): string => {
  const cells = [append, silent, insert].map((rate) => `${whole(rate.perSecond)}/s (${times(rate)})`)
  const share = `${Math.round((100 * append.perSecond) / silent.perSecond)} %`
  const connections = Math.min(callers, mostConnections)
  return `| appends, callers: ${callers} | ${cells[0] ?? ''} | ${cells[1] ?? ''}: ${share} | ${cells[2] ?? ''}, connections: ${connections} |`
}

const readLines = ({ largeAppends, streamRead, allRead, allCatchUp, live }: Reads): ReadonlyArray<string> => [
  `| appends of ${largeAppend} events | ${whole(largeAppends)} events/s | | |`,
  `| read of a stream | ${whole(streamRead)} events/s | | |`,
  `| read of $all | ${whole(allRead)} events/s | | |`,
  `| catch-up of a subscription to $all | ${whole(allCatchUp)} events/s | | |`,
  `| live, append to event | ${times(live)} | | |`,
]

/** Measures the embedded event store through the official client. Lines of a Markdown table. */
export const eventStoreTable = (): Promise<ReadonlyArray<string>> =>
  withServers(async (underTest) => [
    '| measure | event store | a server that keeps nothing: share of it | plain INSERT, autocommit |',
    '| --- | --- | --- | --- |',
    ...(await measureWrites(underTest)).map(writeLine),
    ...readLines(await measureReads(underTest)),
  ])

if (require.main === module)
  eventStoreTable()
    .then((lines) => console.log(lines.join('\n')))
    .catch((error: unknown) => {
      console.error(error)
      process.exitCode = 1
    })
