import { expect } from 'chai'
import { EventSource } from 'eventsource'
import type { Redis } from 'ioredis'
import { streamKey } from '../../../src/projections/live/keys'
import { type LiveTail, liveTail } from '../../../src/projections/live/tail'
import { completed, created, started, steps, stepStarted, stepCompleted } from '../../support/runs'
import { until } from '../../support/until'
import { deliveredRun, failedRun } from '../../projections/live/histories'
import { newExecution, type Stage, startStage } from '../../projections/live/stage'
import { open } from './client'
import { type Site, startSite } from './site'

const stranger = '00000000-0000-4000-8000-000000000000'

describe('the live stream of a run', () => {
  let stage: Stage
  let tail: LiveTail
  let site: Site
  let connections: ReadonlyArray<Redis>
  before(async function () {
    this.timeout(60_000)
    stage = await startStage()
    const [commands, subscriber] = [stage.connect(), stage.connect()]
    connections = [commands, subscriber]
    tail = liveTail({ store: stage.store, redis: { commands, subscriber }, checkMs: 300, pollMs: 50 })
    await until(async () => (await tail.health()).mode === 'streams')
    site = await startSite(tail, { heartbeat: 200 })
  })
  after(async function () {
    this.timeout(30_000)
    await site.stop()
    tail.close()
    for (const connection of connections) connection.disconnect()
    await stage.stop()
  })

  const streamOf = (id: string) => `${site.url}/executions/${id}/stream`
  const publish = async (id: ReturnType<typeof newExecution>, from = 0n) =>
    stage.publisher.apply(await stage.log.history(id, from))

  it('replays a finished run, says that it ended and closes', async () => {
    const id = newExecution()
    await stage.log.append(id, ...deliveredRun)
    await publish(id)
    const client = await open(streamOf(id))
    await until(client.done)
    expect(client.faults).to.deep.equal([])
    expect(client.ids()).to.deep.equal(await stage.log.ids(id))
    expect(
      client.events.map(({ event }) => event).filter((_, i, { length }) => i === 0 || i === length - 1),
    ).to.deep.equal(['connected', 'end'])
    expect(JSON.parse(client.events[0]!.data)).to.deep.equal({ execution_id: id, cursor: null, head: '15-2' })
    expect(JSON.parse(client.events.at(-1)!.data)).to.deep.equal({ reason: 'ended', cursor: '15-2' })
    expect(client.retries[0]).to.be.within(2_000, 3_000)
    expect(client.retries.at(-1)).to.equal(60_000)
  })

  it('sends what happens as it happens, then ends', async () => {
    const id = newExecution()
    await stage.log.append(id, created)
    await publish(id)
    const client = await open(streamOf(id))
    await until(() => client.ids().length === 1)
    for (const [i, event] of failedRun.slice(1).entries()) {
      await stage.log.append(id, event)
      await publish(id, BigInt(i + 1))
    }
    await until(client.done)
    expect(client.ids()).to.deep.equal(await stage.log.ids(id))
  })

  it('finds what nobody published, even the end', async () => {
    const id = newExecution()
    await stage.log.append(id, created, started)
    await publish(id)
    const client = await open(streamOf(id))
    await until(() => client.ids().length === 2)
    await stage.log.append(id, ...failedRun.slice(2))
    await until(client.done)
    expect(client.ids()).to.deep.equal(await stage.log.ids(id))
  })

  it('fills a hole from the log before it goes on', async () => {
    const id = newExecution()
    await stage.log.append(id, created)
    await publish(id)
    const client = await open(streamOf(id))
    await until(() => client.ids().length === 1)
    await stage.log.append(id, ...deliveredRun.slice(1, 10))
    await stage.redis.flushall()
    await publish(id, 8n)
    await until(() => client.ids().at(-1) === '10-0')
    expect(client.ids()).to.deep.equal(await stage.log.ids(id))
    client.close()
  })

  it('resumes after the given id, from header or query, the header first', async () => {
    const id = newExecution()
    await stage.log.append(id, ...deliveredRun)
    await publish(id)
    const all = await stage.log.ids(id)
    const asked = [
      await open(streamOf(id), { 'Last-Event-ID': '8-0' }),
      await open(`${streamOf(id)}?lastEventId=8-0`),
      await open(`${streamOf(id)}?last_event_id=8-0`),
      await open(`${streamOf(id)}?lastEventId=1-0`, { 'Last-Event-ID': '8-0' }),
    ]
    for (const client of asked) {
      await until(client.done)
      expect(client.ids()).to.deep.equal(all.slice(all.indexOf('8-0') + 1))
    }
    const whole = await open(`${streamOf(id)}?lastEventId=`, { 'Last-Event-ID': '' })
    await until(whole.done)
    expect(whole.ids()).to.deep.equal(all)
  })

  it('has no seam where Redis kept only the end', async () => {
    const id = newExecution()
    await stage.log.append(id, ...deliveredRun)
    await publish(id)
    await stage.redis.xtrim(streamKey(id), 'MAXLEN', 3)
    const client = await open(streamOf(id), { 'Last-Event-ID': '2-0' })
    await until(client.done)
    expect(client.ids()).to.deep.equal((await stage.log.ids(id)).slice(2))
  })

  it('answers 204 at the end of an ended run, and sends a fresh client everything', async () => {
    const id = newExecution()
    await stage.log.append(id, ...failedRun)
    expect((await open(streamOf(id), { 'Last-Event-ID': '7-1' })).status).to.equal(204)
    const fresh = await open(streamOf(id))
    await until(fresh.done)
    expect(fresh.ids()).to.deep.equal(await stage.log.ids(id))
  })

  for (const garbage of [
    'x',
    '1',
    '1-',
    '-1-0',
    '01-0',
    '1-0, 1-0',
    '18446744073709551616-0',
    '1-18446744073709551616',
    '1-0-0',
  ])
    it(`refuses the cursor ${garbage}`, async () => {
      const id = newExecution()
      expect((await open(streamOf(id), { 'Last-Event-ID': garbage })).status).to.equal(400)
      expect((await open(`${streamOf(id)}?lastEventId=${encodeURIComponent(garbage)}`)).status).to.equal(400)
    })

  it('refuses a cursor beyond the log and says where it ends', async () => {
    const id = newExecution()
    await stage.log.append(id, created, started)
    const response = await fetch(streamOf(id), { headers: { Authorization: 'admin', 'Last-Event-ID': '1234567890-0' } })
    expect(response.status).to.equal(409)
    expect(await response.json()).to.include({ head: '2-0' })
  })

  it('hides another organization’s run, refuses strangers, other formats and unknown parameters', async () => {
    const id = newExecution()
    await stage.log.append(id, created)
    const bodies = await Promise.all(
      [
        fetch(streamOf(id), { headers: { Authorization: 'admin', 'X-Organization-ID': stranger } }),
        fetch(streamOf(newExecution()), { headers: { Authorization: 'admin' } }),
        fetch(streamOf('nonsense'), { headers: { Authorization: 'admin' } }),
      ].map(async (asked) => [(await asked).status, await (await asked).text()]),
    )
    expect(new Set(bodies.map(String)).size).to.equal(1)
    expect(bodies[0]![0]).to.equal(404)
    expect((await fetch(streamOf(id))).status).to.equal(401)
    expect(
      (await fetch(streamOf(id), { headers: { Authorization: 'admin', Accept: 'application/json' } })).status,
    ).to.equal(406)
    expect((await open(`${streamOf(id)}?from=0`)).status).to.equal(400)
  })

  it('answers HEAD, and has the headers that keep proxies from holding events back', async () => {
    const id = newExecution()
    await stage.log.append(id, created)
    const response = await fetch(streamOf(id), { method: 'HEAD', headers: { Authorization: 'admin' } })
    expect(response.status).to.equal(200)
    expect(response.headers.get('content-type')).to.equal('text/event-stream; charset=utf-8')
    expect(response.headers.get('cache-control')).to.equal('no-store, no-transform')
    expect(response.headers.get('x-accel-buffering')).to.equal('no')
    expect(response.headers.get('content-length')).to.equal(null)
  })

  it('beats with a comment of one line, or with an event for who asks', async () => {
    const id = newExecution()
    await stage.log.append(id, created)
    const [comment, event] = [await open(streamOf(id)), await open(`${streamOf(id)}?heartbeat=event`)]
    await until(() => comment.text().endsWith('\n\n: heartbeat\n: heartbeat\n'))
    await until(() => event.events.some((beat) => beat.event === 'heartbeat' && beat.data === '{"cursor":"1-0"}'))
    comment.close()
    event.close()
  })

  it('gives each reader what he may see', async () => {
    const id = newExecution()
    await stage.log.append(id, ...failedRun)
    const [viewer, auditor] = [
      await open(streamOf(id), { Authorization: 'viewer' }),
      await open(streamOf(id), { Authorization: 'auditor' }),
    ]
    await until(() => viewer.done() && auditor.done())
    expect(viewer.text()).to.not.contain('deal_id').and.not.contain('"550"')
    expect(auditor.text()).to.contain('"trigger_data":{"deal_id":"123"}').and.contain('"error_tech":"550"')
  })

  it('lets a browser’s client reconnect by itself and stop at the end', async function () {
    this.timeout(20_000)
    const id = newExecution()
    await stage.log.append(id, ...deliveredRun.slice(0, 8))
    await publish(id)
    const ids: string[] = []
    const source = new EventSource(streamOf(id), {
      fetch: (url, init) => fetch(url, { ...init, headers: { ...init.headers, Authorization: 'admin' } }),
    })
    for (const type of [
      'execution.created',
      'execution.status_changed',
      'execution.progress',
      'step.started',
      'step.completed',
      'execution.completed',
    ])
      source.addEventListener(type, ({ lastEventId }) => ids.push(lastEventId))
    const first = await stage.log.ids(id)
    await until(() => ids.length === first.length)
    site.server.closeAllConnections()
    await stage.log.append(id, ...deliveredRun.slice(8))
    await publish(id, 8n)
    const all = await stage.log.ids(id)
    await until(() => ids.at(-1) === all.at(-1), 10_000)
    source.close()
    expect(ids).to.deep.equal(all)
  })

  it('tells how it is', async () => {
    const health = await fetch(`${site.url}/health`)
    expect(await health.json()).to.deep.equal({ status: 'healthy', redis: 'connected', mode: 'streams' })
  })

  it('ends its streams when it closes, and asks new ones to come later', async () => {
    const id = newExecution()
    await stage.log.append(id, created, started, stepStarted(steps.trigger), stepCompleted(steps.trigger))
    const closing = await startSite(tail)
    const clients = await Promise.all(Array.from({ length: 5 }, () => open(`${closing.url}/executions/${id}/stream`)))
    await until(() => clients.every((client) => client.ids().length > 0))
    await closing.close(300)
    await until(() => clients.every((client) => client.done()))
    for (const client of clients) {
      expect(client.retries.at(-1)).to.be.within(1_000, 5_000)
      expect(client.events.some(({ event }) => event === 'end')).to.equal(false)
    }
    const late = await open(`${closing.url}/executions/${id}/stream`)
    await until(late.done)
    expect([late.status, late.events.length]).to.deep.equal([200, 0])
    expect(late.retries[0]).to.be.within(1_000, 5_000)
    await closing.stop()
    await stage.log.append(id, completed)
  })
})
