import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import type { EventStore } from '../../src/domain/event-store'
import { execution, executionStream } from '../../src/domain/execution'
import type { Execution } from '../../src/domain/execution/state'
import type { ExecutionId } from '../../src/domain/ids'
import { load } from '../../src/domain/load'
import { esdbEventStore } from '../../src/stores/events/esdb'
import { clientOf, type Mail } from '../support/client'
import { type Product, startProduct } from '../support/product'
import { expectRowsEqualLog } from '../support/rows-equal-log'
import { until } from '../support/until'

const processes = ['api', 'projections', 'workflow', 'redis', 'postgres', 'temporal', 'event-store']
const kills = 40
const runsAtOnce = 10
const finals = ['completed', 'failed', 'canceled']

/** Numbers that a seed gives again (Park and Miller's). */
const numbers = (seed: number) => {
  let state = (seed % 2_147_483_646) + 1
  return (below: number): number => {
    state = (state * 48_271) % 2_147_483_647
    return state % below
  }
}

describe('forty kills of any process, under ten runs that people steer', function () {
  const seed = Number(process.env['STORM_SEED'] ?? Date.now() % 1_000_000)
  let isOver = false
  let product: Product
  let client: ReturnType<typeof clientOf>
  let store: EventStore
  before(async function () {
    this.timeout(180_000)
    product = await startProduct()
    client = clientOf(product)
    store = esdbEventStore({ url: product.eventStoreUrl })
  })
  after(async function () {
    this.timeout(60_000)
    await store.close()
    await product.stop()
  })

  /** 0 while it is being written. */
  const pidOf = async (name: string): Promise<number> => {
    const text = await readFile(join(product.dataDir, 'run', `${name}.pid`), 'utf8').catch(() => '')
    return Number(/"pid":\s*(\d+)/.exec(text)?.[1] ?? 0)
  }
  const isKilled = (pid: number): boolean => {
    try {
      return process.kill(pid, 'SIGKILL')
    } catch {
      return false
    }
  }
  /** Killed, and back. One that is on its way up already is killed when it is there. */
  const killed = async (name: string): Promise<void> => {
    let pid = 0
    await until(async () => {
      pid = await pidOf(name)
      return pid !== 0 && isKilled(pid)
    }, 60_000)
    await until(
      async () => ![0, pid].includes(await pidOf(name)),
      60_000,
      () => `${name} does not come back (seed ${seed})\n${product.output()}`,
    )
  }
  const inLog = async (id: ExecutionId) => {
    const loaded = await load(store)(execution)(executionStream(id))()
    if (E.isLeft(loaded) || loaded.right.state.status === 'unborn') return undefined
    return { run: loaded.right.state, history: loaded.right.history }
  }
  /** From its folder: the mailbox lists only the newest. */
  const mailbox = async (): Promise<ReadonlyArray<Mail>> => {
    const folder = join(product.dataDir, 'mail')
    const names = (await readdir(folder)).filter((name) => /^\d.*\.json$/.test(name))
    return Promise.all(names.map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8')) as Mail))
  }
  const to = (address: string) => (mail: Mail) => mail.envelope.to.includes(address)
  /** What is away is asked again: the caller sees to it. One who finds the run moved says something new. */
  const post = (path: string, body: object, seen = 0) =>
    client.post(path, body, `${path} ${JSON.stringify(body)} ${seen}`).catch(() => undefined)

  /** A process that is killed again and again is down for longer and longer: the limit counts from the storm's end. */
  const atLast = async (holds: () => Promise<boolean>, what: () => string): Promise<void> => {
    await until(async () => (await holds()) || isOver, 780_000)
    await until(holds, 120_000, () => `${what()} (seed ${seed})\n${product.output()}`)
  }

  const started = async (name: string): Promise<ExecutionId> => {
    const key = `start ${name}`
    const trigger_data = {
      ...(product.demo.trigger_data as object),
      deal_id: name,
      recipient_email: `${name}@example.com`,
    }
    let id: unknown
    const isThere = async () => {
      const response = await client
        .post(`/workflows/${product.demo.workflow_id}/executions`, { trigger_data }, key)
        .catch(() => undefined)
      const answer = response?.ok === true ? ((await response.json().catch(() => ({}))) as Record<string, unknown>) : {}
      id = answer['execution_id']
      return id !== undefined
    }
    await atLast(isThere, () => `${name} does not start`)
    return id as ExecutionId
  }

  /** A person who looks now and then: lets go on what is paused, and says of what is not known whether it was sent. */
  const letGoOn = async (id: ExecutionId, name: string, run: Execution, seen: number): Promise<unknown> => {
    if (run.status === 'paused') return post(`/executions/${id}/resume`, { approved: true }, seen)
    if (run.status !== 'needs_review') return undefined
    const decision = (await mailbox()).some(to(`${name}@example.com`)) ? 'assume_sent' : 'resend'
    return post(`/executions/${id}/resume`, { approved: true, decision }, seen)
  }

  const lived = async (name: string, random: (below: number) => number): Promise<ExecutionId> => {
    const id = await started(name)
    const wish = random(4)
    if (wish === 0) await post(`/executions/${id}/pause`, {})
    if (wish === 1) await post(`/executions/${id}/cancel`, { reason: 'storm' })
    let told = 'not read from the log'
    const hasEnded = async () => {
      const loaded = await inLog(id)
      if (loaded === undefined) return false
      const { run, history } = loaded
      if (finals.includes(run.status)) return true
      const answer = await letGoOn(id, name, run, history.length)
      const said = answer instanceof Response ? `, answered ${answer.status}` : ''
      told = `${run.status}${said}\n${history.map(({ type, created }) => `${created.toISOString()} ${type}`).join('\n')}`
      return false
    }
    await atLast(hasEnded, () => `run ${id} does not end: ${told}`)
    return id
  }

  it('end every run as its log says, with one document and at most one e-mail', async function () {
    this.timeout(900_000)
    const random = numbers(seed)
    const runs = new Map<string, ExecutionId>()
    const lane = async (lane: number): Promise<void> => {
      const random = numbers(seed + 1 + lane)
      for (let n = 0; !isOver; n += 1) {
        const name = `storm-${lane}-${n}`
        runs.set(name, await lived(name, random))
      }
    }
    const lanes = Promise.allSettled(Array.from({ length: runsAtOnce }, (_, i) => lane(i)))
    try {
      for (let n = 0; n < kills; n += 1) await killed(processes[random(processes.length)]!)
    } finally {
      isOver = true
    }
    for (const lane of await lanes) if (lane.status === 'rejected') throw lane.reason
    expect(runs.size, `seed ${seed}`).to.be.at.least(runsAtOnce)
    const arrived = await mailbox()
    for (const [i, [name, id]] of [...runs].entries()) {
      const { run } = (await inLog(id))!
      const row = () => client.get(`/executions/${id}`).catch(() => ({ status: undefined }))
      await until(async () => (await row())['status'] === run.status, 60_000)
      const mails = arrived.filter(to(`${name}@example.com`))
      const told = `${name} ${id} ${run.status} (seed ${seed})`
      expect(mails.length, told).to.be.at.most(1)
      expect(run.documents.length, told).to.be.at.most(1)
      if (run.status === 'completed') expect([mails.length, run.documents.length], told).to.deep.equal([1, 1])
      // Each opens connections of its own: some stand for all.
      if (i % 10 === 0) await expectRowsEqualLog(product, id)
    }
  })
})
