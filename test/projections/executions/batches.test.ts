import { expect } from 'chai'
import fc from 'fast-check'
import * as E from 'fp-ts/Either'
import { executionStream } from '../../../src/domain/execution'
import type { Recorded } from '../../../src/domain/event-store'
import { projectRun, type RunView } from '../../../src/projections/executions/project'
import type { DocumentRow, ExecutionRow, LogRow, StepRow } from '../../../src/projections/executions/rows'
import { rowsOf } from '../../../src/projections/executions/rows-of'
import { changedRows } from '../../../src/projections/executions/write'
import { foldBatch } from '../../../src/projections/fold-batch'
import { following, type History } from '../../../src/projections/folding'
import { views } from '../../../src/projections/views'
import { created, executionId, started } from '../../support/runs'
import { anyDelivery, anyLog, executionIds, logOf } from '../../support/arbitraries'

/** Tables with the guards of the statements that write the real ones. */
const tables = () => {
  const executions = new Map<string, ExecutionRow>()
  const steps = new Map<string, StepRow>()
  const logs = new Map<string, LogRow>()
  const documents = new Map<string, DocumentRow>()
  const newer = <Row extends { readonly id: string; readonly revision: bigint }>(rows: Map<string, Row>, row: Row) => {
    const before = rows.get(row.id)
    if (before === undefined || before.revision < row.revision) rows.set(row.id, row)
  }
  return {
    write: (rows: ReturnType<typeof changedRows>) => {
      for (const row of rows.executions) newer(executions, row)
      for (const row of rows.steps) newer(steps, row)
      for (const row of rows.logs) if (!logs.has(row.id)) logs.set(row.id, row)
      for (const row of rows.documents) newer(documents, row)
    },
    ofRun: (id: string) => ({
      execution: executions.get(id),
      steps: [...steps.values()]
        .filter(({ execution_id }) => execution_id === id)
        .sort((a, b) => a.step_index - b.step_index),
      logs: [...logs.values()]
        .filter(({ execution_id }) => execution_id === id)
        .sort((a, b) => Number(a.revision - b.revision) || a.number - b.number),
      documents: [...documents.values()].filter(({ execution_id }) => execution_id === id),
    }),
  }
}

const historyIn = (log: ReadonlyArray<Recorded>): History => ({
  readStream:
    (stream, { from = 0n, limit }) =>
    () =>
      Promise.resolve(
        E.right(log.filter((event) => event.stream === stream && event.revision >= from).slice(0, limit)),
      ),
})

/** What happens to a batch besides being written: the projector is killed before or after the commit, or forgets its views. */
const fates = fc.constantFrom('written', 'lost', 'committed, then killed', 'forgotten', 'written twice')

const deliveries = anyLog.chain((log) =>
  fc.record({
    log: fc.constant(log),
    windows: anyDelivery(log.length),
    fates: fc.array(fates, { minLength: log.length + 1, maxLength: log.length + 1 }),
  }),
)

describe('any log, cut into any batches and given again in part', () => {
  it('makes the rows that one fold of each whole history makes', () =>
    fc.assert(
      fc.asyncProperty(deliveries, async ({ log, windows, fates: fate }) => {
        const written = tables()
        const known = views<RunView>(100_000, () => 1_000)
        const store = historyIn(log)
        const deal = async (from: number, to: number, happens: string | undefined): Promise<void> => {
          const folded = await foldBatch(store, projectRun, known, log.slice(from, to))
          if (happens === 'lost') return deal(from, to, 'written')
          written.write(changedRows([...folded.values()]))
          if (happens === 'committed, then killed') {
            known.clear()
            return deal(from, to, 'written')
          }
          if (happens === 'written twice') written.write(changedRows([...folded.values()]))
          for (const [stream, { view }] of folded) known.keep(stream, view)
          if (happens === 'forgotten') known.clear()
        }
        for (const [i, [from, to]] of windows.entries()) await deal(from, to, fate[i])
        for (const id of executionIds) {
          const history = log.filter(({ stream }) => stream === executionStream(id))
          const once = rowsOf(history) ?? { execution: undefined, steps: [], logs: [], documents: [] }
          expect(written.ofRun(id)).to.deep.equal(once)
        }
      }),
      { numRuns: 150 },
    ))
})

describe('a gap in the revisions of a stream', () => {
  it('is filled by reading the stream again, and the rows are whole', () =>
    fc.assert(
      fc.asyncProperty(anyLog, fc.nat(), async (log, n) => {
        const written = tables()
        const last = log.at(-1)!
        const without = log.filter((_, i) => i !== n % log.length || i === log.length - 1)
        const folded = await foldBatch(historyIn(log), projectRun, { get: () => undefined }, without)
        written.write(changedRows([...folded.values()]))
        const id = last.stream.slice('execution-'.length)
        expect(written.ofRun(id)).to.deep.equal(rowsOf(log.filter(({ stream }) => stream === last.stream)))
      }),
      { numRuns: 100 },
    ))
})

describe('the events that follow a revision', () => {
  const [zero, one, two] = logOf([created, started, started].map((event) => ({ of: executionId, event })))

  it('leave out what was there before, and what comes twice', () => {
    expect(following(zero!.revision, [zero!, one!, one!, zero!, two!])).to.deep.equal([one, two])
    expect(following(undefined, [zero!])).to.deep.equal([zero])
    expect(following(two!.revision, [one!, two!])).to.deep.equal([])
  })

  it('are a gap when one is missing', () => {
    expect(following(undefined, [one!])).to.equal('gap')
    expect(following(zero!.revision, [two!])).to.equal('gap')
  })
})
