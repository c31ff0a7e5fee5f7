import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import * as RA from 'fp-ts/ReadonlyArray'
import { newEvents } from '../../src/domain/command-handler'
import type { Aggregate } from '../../src/domain/decider'
import type { DomainEvent } from '../../src/domain/domain-event'
import type { NewEvent, StreamName } from '../../src/domain/event-store'
import { ExecutionId, TemplateId, WorkflowId } from '../../src/domain/ids'
import { load } from '../../src/domain/load'
import { revision } from '../../src/domain/position'
import { template, templateStream } from '../../src/domain/template'
import { workflowDefinition, workflowDefinitionStream } from '../../src/domain/workflow-definition'
import { addVersion, withoutKept } from '../support/definitions'
import { type ReviewSite, startReviewSite } from '../support/review-site'
import { contextOf, right } from '../support/send'
import {
  as,
  at,
  type Body,
  bodyOf,
  type Client,
  contract,
  defineActive,
  documentNode,
  idOf,
  manual,
  triggerData,
  uploadDocx,
} from './requests'
import { sharedSite } from './shared-site'
import type { Site } from './site'

const perAppend = 250

describe('definitions that have been changed thousands of times', function () {
  this.timeout(120_000)
  let site: Site
  let hands: ReviewSite
  let client: Client
  before(async () => {
    site = await sharedSite()
    hands = await startReviewSite(site)
    client = as(site, site.ours)
  })
  after(() => hands.stop())

  /** Goes on with a stream as these commands in turn would. */
  const goOn = async <State, Command, Event extends DomainEvent, Refusal>(
    aggregate: Aggregate<State, Command, Event, Refusal>,
    stream: StreamName,
    commands: ReadonlyArray<Command>,
    written: (event: NewEvent) => NewEvent = (event) => event,
  ): Promise<void> => {
    const { state: before, history } = right(await load(site.store)(aggregate)(stream)())
    let state = before
    let last = history.at(-1)?.revision ?? revision(0n)
    const events = commands.flatMap((command) => {
      const decided = right(aggregate.decide(command)(state))
      state = decided.reduce(aggregate.evolve, state)
      return newEvents(aggregate.codec, contextOf(site.ours.id), stream)(decided).map(written)
    })
    for (const batch of RA.chunksOf(perAppend)(events))
      last = right(await site.store.append(stream, last, batch)()).revision
  }

  const revisions = (count: number, nodes: ReadonlyArray<Body>, name: (n: number) => string) =>
    Array.from({ length: count }, (_, n) => ({
      type: 'ReviseWorkflow' as const,
      name: name(n),
      nodes: nodes.map(({ id, node_type, label, config }) => ({ node_id: id, node_type, label, config })) as never,
      webhook_token_sha256: undefined,
    }))

  /** An active workflow of three nodes, changed so often, its last change as given. */
  const changedWorkflow = async (count: number, written?: (event: NewEvent) => NewEvent) => {
    const file = idOf(await uploadDocx(client, await contract()).expect(201))
    const id = right(WorkflowId.decode(await defineActive(client, [manual, documentNode(file)])))
    const { nodes } = bodyOf(await client.get(`/workflows/${id}`).expect(200)) as {
      readonly nodes: ReadonlyArray<Body>
    }
    const stream = workflowDefinitionStream(id)
    await goOn(
      workflowDefinition,
      stream,
      revisions(count, nodes, (n) => `Change ${n}`),
      written,
    )
    return { id, drawn: [manual, documentNode(file)] }
  }

  const put = (id: string, ifMatch: string, nodes: ReadonlyArray<object>, key: string) =>
    client
      .send('put', `/workflows/${id}`)
      .set({ 'If-Match': ifMatch, 'Idempotency-Key': key })
      .send({ name: 'The last', nodes })

  const runs = async (workflow: string): Promise<void> => {
    const started = await client.post(`/workflows/${workflow}/executions`, { trigger_data: triggerData }).expect(201)
    const id = right(ExecutionId.decode(idOf(started)))
    expect(await hands.step(id)).to.deep.equal({ _tag: 'Ended' })
    expect(await hands.run(id)).to.include({ life: 'completed' })
  }

  const worksWith = async (id: string, drawn: ReadonlyArray<object>, last: number): Promise<void> => {
    const read = await client.get(`/workflows/${id}`).expect(200)
    expect(bodyOf(read)).to.include({ version: last, revision: last, status: 'active' })
    expect(read.headers['etag']).to.equal(`"${last}"`)
    expect(String(bodyOf(read)['created_at']) <= String(bodyOf(read)['updated_at'])).to.equal(true)
    await put(id, `"${last - 1}"`, drawn, randomUUID()).expect(412)
    const key = randomUUID()
    const revised = await put(id, `"${last}"`, drawn, key).expect(200)
    expect(bodyOf(revised)).to.include({ version: last + 1, revision: last + 1, name: 'The last' })
    for (let n = 1; n < 12; n++) await put(id, `"${last + n}"`, drawn, randomUUID()).expect(200)
    expect(bodyOf(await put(id, `"${last}"`, drawn, key).expect(200)), 'a repeat').to.deep.equal(bodyOf(revised))
    await runs(id)
  }

  it('are read, changed and run as those that were changed a few times', async () => {
    const { id, drawn } = await changedWorkflow(5_200)
    await worksWith(id, drawn, 5_201)
  })

  it('are so too when their events do not say what they kept', async () => {
    const { id, drawn } = await changedWorkflow(5_000, withoutKept)
    await worksWith(id, drawn, 5_001)
  })

  it('are run as they were when the run was begun', async () => {
    const { id, drawn } = await changedWorkflow(20)
    const started = await client.post(`/workflows/${id}/executions`, { trigger_data: triggerData }).expect(201)
    const { nodes } = bodyOf(await put(id, '"21"', drawn.slice(0, 1), randomUUID()).expect(200))
    expect(nodes).to.have.length(1)
    await goOn(
      workflowDefinition,
      workflowDefinitionStream(id as never),
      revisions(1_500, nodes as never, (n) => `${n}`),
    )
    const run = right(ExecutionId.decode(idOf(started)))
    expect(await hands.step(run)).to.deep.equal({ _tag: 'Ended' })
    expect((await hands.run(run)).steps).to.have.length(2)
  })

  it('have versions of templates in pages', async () => {
    const file = await contract()
    const id = right(TemplateId.decode(idOf(await uploadDocx(client, file).expect(201))))
    const shas = Array.from({ length: 1_203 }, (_, n) => String(n))
    await goOn(
      template,
      templateStream(id),
      shas.map((sha) => addVersion(sha)),
    )
    const { position } = right(await site.store.readStream(templateStream(id), { limit: 1, backwards: true })())[0]!
    const place = `${position.commit}/${position.prepare}`
    expect(bodyOf(await client.get(`/templates/${id}`).expect(200))).to.include({
      version: 1_204,
      file_name: '1202.docx',
    })
    const page = async (query: string) =>
      bodyOf(await client.get(`/templates/${id}/versions?at_least_position=${place}${query}`).expect(200))
    const seen: unknown[] = []
    for (let cursor = '', more = true; more;) {
      const { versions, next_cursor, has_more } = await page(`&limit=100${cursor}`)
      seen.push(...(versions as ReadonlyArray<Body>).map(({ version }) => version))
      more = has_more === true
      cursor = `&cursor=${String(next_cursor)}`
    }
    expect(seen).to.deep.equal(Array.from({ length: 1_204 }, (_, n) => 1_204 - n))
    const [last] = (await page('&limit=1'))['versions'] as ReadonlyArray<Body>
    expect(last).to.deep.equal({ version: 1_204, file_name: '1202.docx', sha256: '1202', size: 1 })
    const listed = await client.get('/templates?limit=100').expect(200)
    expect((bodyOf(listed)['templates'] as Body[]).find((one) => one['id'] === id)).to.include({
      version: 1_204,
      sha256: '1202',
    })
    expect(at(await client.get(`/templates/${id}/versions?cursor=1205`).expect(400), 'code')).to.equal('bad_request')
    await as(site, site.theirs).get(`/templates/${id}/versions`).expect(404)
  })
})
