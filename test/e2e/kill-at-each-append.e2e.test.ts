import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import type { EventStore } from '../../src/domain/event-store'
import { execution, executionStream } from '../../src/domain/execution'
import type { ExecutionId } from '../../src/domain/ids'
import { load } from '../../src/domain/load'
import { esdbEventStore } from '../../src/stores/events/esdb'
import { type AppendGate, startAppendGate } from '../support/append-gate'
import { clientOf } from '../support/client'
import { type ProductByHand, startProductByHand } from '../support/product-by-hand'
import { expectRowsEqualLog } from '../support/rows-equal-log'
import { until } from '../support/until'

type Stream = ReturnType<typeof executionStream>

/** The log has so many events of the run. Its worker dies before it hears so, or after it has done all that comes before its next append. */
type Boundary = { readonly events: number; readonly isHeard: boolean }
type Run = { readonly id: ExecutionId; readonly name: string; readonly boundary: Boundary }
/** Documents as the run has them, and what is outside. */
type Made = { readonly documents: number; readonly mails: number; readonly files: number }
type Killed = Run & { readonly types: ReadonlyArray<string>; readonly made: Made }

const undisturbed: Boundary = { events: Infinity, isHeard: true }
const finals = ['completed', 'failed', 'canceled']

/** What an undisturbed run says, append by append. */
const appends = [
  ['ExecutionCreated'],
  ['ExecutionStarted', 'PreflightCompleted', 'StepStarted', 'StepCompleted', 'StepStarted', 'EffectIntended'],
  ['DocumentGenerated', 'StepCompleted', 'StepStarted', 'EffectIntended'],
  ['DocumentSent', 'StepCompleted'],
  ['StepStarted', 'EffectIntended'],
  ['DocumentSaved', 'StepCompleted', 'ExecutionCompleted'],
]
const whole = appends.flat()
const ends = appends.map((_, i) => appends.slice(0, i + 1).flat().length)
/** The first is the API's and the last is followed by none: of each there is one half. */
const boundaries = ends.flatMap((events) => [false, true].map((isHeard) => ({ events, isHeard }))).slice(1, -1)
const [, , sending = 0, , saving = 0] = ends

/** The e-mail and the file are made between the append that says that they are meant and the one that says that they are done. */
const madeAt = ({ events, isHeard }: Boundary): Made => {
  const isMade = (meant: number) => Number(events > meant || (events === meant && isHeard))
  return { documents: Number(events >= sending), mails: isMade(sending), files: isMade(saving) }
}

describe('kill -9 of the only worker at each append of a run', function () {
  this.timeout(120_000)
  let product: ProductByHand
  let client: ReturnType<typeof clientOf>
  let store: EventStore
  let gate: AppendGate
  let worker: ReturnType<ProductByHand['startWorker']>

  const boundaryOf = new Map<Stream, Boundary>()
  const held = new Set<Stream>()
  const lengths = new Map<Stream, ReadonlyArray<number>>()

  const inLog = async (stream: Stream) => {
    const loaded = await load(store)(execution)(stream)()
    if (E.isLeft(loaded) || loaded.right.state.status === 'unborn') throw new Error(`no ${stream}`)
    return { run: loaded.right.state, history: loaded.right.history }
  }
  const boundaryWhenKnown = async (stream: Stream): Promise<Boundary> => {
    await until(() => boundaryOf.has(stream))
    return boundaryOf.get(stream)!
  }
  const goesOn = (stream: Stream, isReached: boolean): boolean => {
    if (isReached) held.add(stream)
    return !isReached
  }
  const asked = async (stream: Stream): Promise<boolean> => {
    const { events } = await boundaryWhenKnown(stream)
    return goesOn(stream, (await inLog(stream)).history.length >= events)
  }
  const answered = async (stream: Stream): Promise<boolean> => {
    const { events, isHeard } = await boundaryWhenKnown(stream)
    const { length } = (await inLog(stream)).history
    lengths.set(stream, [...(lengths.get(stream) ?? []), length])
    return goesOn(stream, !isHeard && length >= events)
  }

  before(async function () {
    this.timeout(180_000)
    product = await startProductByHand()
    client = clientOf(product)
    store = esdbEventStore({ url: product.eventStoreUrl })
    gate = await startAppendGate(product.eventStoreUrl, { asked, answered })
    worker = product.startWorker(gate.url)
  })
  after(async function () {
    this.timeout(60_000)
    await gate.stop()
    await store.close()
    await product.stop()
  })

  const started = async (name: string, boundary: Boundary): Promise<Run> => {
    const id = await client.start({ deal_id: name, recipient_email: `${name}@example.com` })
    boundaryOf.set(executionStream(id), boundary)
    return { id, name, boundary }
  }
  const mailsTo = async (name: string) =>
    (await client.mails()).filter(({ envelope }) => envelope.to.includes(`${name}@example.com`)).length
  const filesOf = async (name: string) =>
    (await readdir(join(product.dataDir, 'archive'), { recursive: true }).catch(() => [])).filter(
      (file) => file.includes(`/${name}/`) && file.endsWith('.docx'),
    ).length
  const seen = async ({ id, name }: Run) => {
    const { run, history } = await inLog(executionStream(id))
    const made = { documents: run.documents.length, mails: await mailsTo(name), files: await filesOf(name) }
    return { status: run.status, types: history.map(({ type }) => type), made }
  }

  /** A run at each boundary, and then no worker. */
  const killed = async (round: string): Promise<ReadonlyArray<Killed>> => {
    const runs = await Promise.all(
      boundaries.map((boundary) => started(`${round}-${boundary.events}-${boundary.isHeard}`, boundary)),
    )
    const streams = runs.map(({ id }) => executionStream(id))
    await until(() => streams.every((stream) => held.has(stream)), 30_000)
    await worker.kill9()
    for (const stream of streams) boundaryOf.set(stream, undisturbed)
    return Promise.all(runs.map(async (run) => ({ ...run, ...(await seen(run)) })))
  }

  /** A person says of an e-mail of which nobody knows what became of it what the mailbox shows. */
  const ended = async (each: Run) => {
    const { id, name } = each
    const decisions: string[] = []
    const hasEnded = async () => {
      const { run } = await inLog(executionStream(id))
      if (run.status === 'needs_review') {
        const decision = (await mailsTo(name)) > 0 ? 'assume_sent' : 'resend'
        decisions.push(decision)
        expect((await client.post(`/executions/${id}/resume`, { decision })).status, name).to.equal(200)
      }
      return finals.includes(run.status)
    }
    await until(hasEnded, 60_000, () => `${name} does not end`)
    return { ...(await seen(each)), decisions }
  }

  it('an undisturbed run makes these appends, and hears of each', async () => {
    const run = await started('undisturbed', undisturbed)
    const { types, made } = await ended(run)
    expect(types).to.deep.equal(whole)
    expect(made).to.deep.equal(madeAt(undisturbed))
    await until(() => lengths.get(executionStream(run.id))?.length === ends.length - 1)
    expect(lengths.get(executionStream(run.id))).to.deep.equal(ends.slice(1))
  })

  const controls = [
    { round: 'left', what: 'is left alone: it goes on to its end', says: [] },
    { round: 'paused', what: 'is paused and resumed: it goes on to its end', says: ['pause', 'resume'] },
    { round: 'canceled', what: 'is canceled: nothing more begins', says: ['cancel'] },
  ]
  for (const { round, what, says } of controls)
    it(`meanwhile the run ${what}`, async () => {
      const runs = await killed(round)
      for (const { name, boundary, types, made } of runs) {
        expect(types, name).to.deep.equal(whole.slice(0, boundary.events))
        expect(made, name).to.deep.equal(madeAt(boundary))
      }
      const isOver = ({ types }: Killed) => types.includes('ExecutionCompleted')
      for (const run of runs)
        for (const said of says) {
          const { status } = await client.post(
            `/executions/${run.id}/${said}`,
            said === 'resume' ? { approved: true } : {},
          )
          expect(status, `${run.name}: ${said}`).to.equal(isOver(run) ? 409 : 200)
        }
      worker = product.startWorker(gate.url)
      for (const run of runs) {
        const { status, types, made, decisions } = await ended(run)
        const isCanceled = round === 'canceled' && !isOver(run)
        expect(status, run.name).to.equal(isCanceled ? 'canceled' : 'completed')
        expect(made, run.name).to.deep.equal(isCanceled ? run.made : madeAt(undisturbed))
        const decision = run.made.mails > 0 ? 'assume_sent' : 'resend'
        expect(decisions, run.name).to.deep.equal(run.boundary.events === sending && !isCanceled ? [decision] : [])
        const since = types.slice(run.types.length)
        if (isCanceled) expect(since, run.name).to.not.include.oneOf(['StepStarted', 'EffectIntended'])
        await client.get(`/executions/${run.id}?at_least=${types.length - 1}`)
        await expectRowsEqualLog(product, run.id)
      }
    })
})
