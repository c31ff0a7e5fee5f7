import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { createParser, type EventSourceMessage } from 'eventsource-parser'
import type { RecordedFinding } from '../../src/domain/execution/state'
import { fault } from '../../src/domain/fault'
import type { ExecutionId, NodeId } from '../../src/domain/ids'
import { readerWith, type Role, roles, type Sight } from '../../src/domain/visibility'
import { as, at, type Body, bodyOf, defineActive, idOf, manual, startRun } from './requests'
import { sharedSite } from './shared-site'
import type { Site } from './site'
import { workerOn } from './worker'

/** What may not be seen by everyone, each by a word of its own. */
const marks: Readonly<Record<keyof Sight, RegExp>> = {
  tech: /T3CHNICAL|5\.1\.1|RevisionMoved|ControlNotPossible|BadRequest|PreflightBlocked|ReadModelBehind|CursorBeyondHead/,
  data: /S3CRET-DATA/,
  people: /ana\.lima@example\.com|boss@example\.com/,
}

const tech = 'T3CHNICAL 550 5.1.1 no such user'
const rejected = fault('delivery.recipient_rejected', { email: 'ana.lima@example.com' }, tech)
const away = fault('delivery.smtp_unreachable', {}, 'T3CHNICAL ECONNREFUSED')
const now = () => new Date().toISOString()

type Answer = { readonly status: number; readonly body: unknown }
type Surfaces = Readonly<Record<string, Answer>>

const eventsIn = (text: string): ReadonlyArray<EventSourceMessage> => {
  const events: EventSourceMessage[] = []
  createParser({ onEvent: (event) => events.push(event) }).feed(text)
  return events
}

describe('errors that people can act on', () => {
  let site: Site
  let blocked: string
  let failed: string
  let workflow: string
  let seen: Readonly<Record<Role, Surfaces>>

  const finding = (node_id: NodeId): RecordedFinding => ({
    code: 'delivery.recipient_invalid',
    params: { email: 'ana.lima@example.com' },
    tech: 'T3CHNICAL to: no address',
    severity: 'blocking',
    domain: 'delivery',
    node_id,
    position: 2,
  })

  /** Held by its checks. */
  const blockedRun = async (): Promise<string> => {
    const client = as(site, site.ours)
    const { execution } = await startRun(client)
    const { tell } = workerOn(site, site.ours.id, execution)
    await tell({ type: 'StartExecution' })
    const steps = await client.get(`/executions/${execution}/steps?at_least=1`).expect(200)
    const nodes = (at(steps, 'steps') as ReadonlyArray<Body>).map(({ node_id }) => String(node_id) as NodeId)
    await tell({
      type: 'RecordPreflight',
      round: 0,
      execution_id: execution as ExecutionId,
      at: now(),
      duration_ms: 3,
      input_hash: '',
      workflow_version: 1,
      workflow_revision: '1',
      templates: [],
      nodes,
      blocking_count: 1,
      warning_count: 0,
      personal: { findings: [finding(nodes[1]!)] },
    })
    return execution
  }

  /** Fails once for a while, then for good. */
  const failedRun = async (): Promise<string> => {
    const client = as(site, site.ours)
    const config = { to: 'S3CRET-DATA' }
    const workflowId = await defineActive(client, [manual, mailNode])
    const started = await client
      .post(`/workflows/${workflowId}/executions`, { trigger_data: { deal: 'S3CRET-DATA' } })
      .expect(201)
    const execution = idOf(started)
    const { tell, stepAt } = workerOn(site, site.ours.id, execution)
    await tell({ type: 'StartExecution' })
    const [first, second] = [await stepAt(1), await stepAt(2)]
    await tell({ type: 'StartStep', step_id: first, author: 'w', data_in: config })
    await tell({
      type: 'CompleteStep',
      step_id: first,
      output: {},
      personal: { output: { source_data: { deal: 'S3CRET-DATA' } } },
    })
    await tell({ type: 'StartStep', step_id: second, author: 'w', data_in: config })
    const again = { type: 'RecordFailedAttempt', step_id: second, attempts_at_most: 3, now: now() } as const
    await tell({ ...again, retry_at: now(), fault: away })
    await tell({ type: 'StartStep', step_id: second, author: 'w', data_in: config })
    await tell({ type: 'FailStep', step_id: second, fault: rejected, retryable: false })
    return execution
  }

  let mailNode: object

  const lookAs = async (role: Role): Promise<Surfaces> => {
    const client = as(site, site.ours, role)
    const missing = { trigger_data: { deal_id: '1' } }
    const asked: Readonly<Record<string, PromiseLike<Answer>>> = {
      run: client.get(`/executions/${failed}?at_least=7&locale=en`),
      list: client.get(`/executions?locale=en&status=failed&limit=5`),
      steps: client.get(`/executions/${failed}/steps?at_least=7&locale=en`),
      logs: client.get(`/executions/${failed}/logs?at_least=7&locale=en`),
      audit: client.get(`/executions/${failed}/audit?at_least=7`),
      effects: client.get(`/executions/${failed}/effects`),
      'blocked run': client.get(`/executions/${blocked}?at_least=2&locale=en`),
      'blocked preflight': client.get(`/executions/${blocked}/preflight?at_least=2&locale=en`),
      'blocked logs': client.get(`/executions/${blocked}/logs?at_least=2&locale=en&level=error`),
      preflight: client.post(`/workflows/${workflow}/preflight?locale=en`, missing),
      400: client.get('/executions?locale=en&nonsense=1'),
      404: client.get(`/executions/${randomUUID()}?locale=en`),
      409: client.post(`/executions/${failed}/pause?locale=en`),
      '409 of the stream': client
        .get(`/sse/executions/${failed}/stream?locale=en`)
        .set('Last-Event-ID', '99-0')
        .set('Accept', 'text/event-stream'),
      'refused plan': client.post(`/executions/${failed}/pause?plan=true&locale=en`),
      412: client.post(`/executions/${blocked}/cancel?locale=en`).set('If-Match', '"0"'),
      422: client.post(`/workflows/${workflow}/executions?preflight=true&locale=en`, missing),
      503: client.get(`/executions/${failed}/effects?at_least=999&locale=en`),
    }
    const answers: Array<readonly [string, Answer]> = []
    for (const [name, answer] of Object.entries(asked)) answers.push([name, await answer])
    return Object.fromEntries(answers)
  }

  const streamAs = async (role: Role, run: string): Promise<ReadonlyArray<Body>> => {
    const answer = await as(site, site.ours, role)
      .get(`/sse/executions/${run}/stream?locale=en`)
      .buffer(true)
      .parse((res, done) => {
        let text = ''
        res.setEncoding('utf8')
        res.on('data', (chunk: string) => (text += chunk))
        res.on('end', () => done(null, text))
      })
      .expect(200)
    return eventsIn(answer.body as string).map(({ data }) => JSON.parse(data) as Body)
  }

  before(async function () {
    this.timeout(60_000)
    site = await sharedSite()
    const client = as(site, site.ours)
    const smtp = { name: 'Mail', type: 'smtp', config: { host: 'mail.example.com', port: 25, from: 'd@example.com' } }
    const connection_id = idOf(await client.post('/connections', smtp).expect(201))
    const config = { connection_id, to: ['{{trigger.deal}}@example.com'], subject_template: 'Contract' }
    mailNode = { node_type: 'email', label: 'Send', config }
    failed = await failedRun()
    blocked = await blockedRun()
    workflow = await defineActive(client, [manual, mailNode])
    const looked: Array<readonly [Role, Surfaces]> = []
    for (const role of roles) looked.push([role, await lookAs(role)])
    // The stream of a run ends with it.
    await client.post(`/executions/${blocked}/cancel`, { reason: 'asked by boss@example.com' }).expect(200)
    const streamed = await Promise.all(
      looked.map(async ([role, surfaces]) => {
        const [ofFailed, ofBlocked] = [await streamAs(role, failed), await streamAs(role, blocked)]
        const body = (events: ReadonlyArray<Body>) => ({ status: 200, body: { events } })
        return [role, { ...surfaces, stream: body(ofFailed), 'blocked stream': body(ofBlocked) }] as const
      }),
    )
    seen = Object.fromEntries<Surfaces>(streamed) as Record<Role, Surfaces>
  })

  const eventOf = (role: Role, stream: string, type: string): Body => {
    const events = at(seen[role][stream]!, 'events') as ReadonlyArray<Body>
    return events.find(({ event_type }) => event_type === type)?.['data'] as Body
  }
  const lineOf = (role: Role, logs: string, said: RegExp): Body =>
    (at(seen[role][logs]!, 'logs') as ReadonlyArray<Body>).find((line) => said.test(String(line['message_human'])))!
  const stepOf = (role: Role): Body => at(seen[role]['steps']!, 'steps.1') as Body

  type Four = { readonly code: unknown; readonly human: unknown; readonly tech: unknown; readonly actions: unknown }
  const four =
    (code: string, human: string, technical: string) =>
    (body: Body): Four => ({
      code: body[code],
      human: body[human],
      tech: body[technical],
      actions: body['recommended_actions'],
    })
  const ofError = four('code', 'error_human', 'error_tech')
  const ofMessage = four('code', 'message_human', 'message_tech')
  const ofProblem = four('code', 'detail', 'message_tech')

  type Surface = readonly [name: string, code: string, human: RegExp, action: string, fields: (role: Role) => Four]
  const refusedText = /^The mail server refused the recipient .+; check the address$/
  const surfaces: ReadonlyArray<Surface> = [
    [
      'the run',
      'delivery.recipient_rejected',
      refusedText,
      'set_recipient',
      (role) => four('last_error_code', 'last_error_human', 'last_error_tech')(bodyOf(seen[role]['run']!)),
    ],
    [
      'the step',
      'delivery.recipient_rejected',
      refusedText,
      'set_recipient',
      (role) => four('error_code', 'error_human', 'error_tech')(stepOf(role)),
    ],
    [
      'the line of the log',
      'delivery.recipient_rejected',
      /^The run stopped: The mail server refused/,
      'set_recipient',
      (role) => ofMessage(lineOf(role, 'logs', /^The run stopped/)),
    ],
    [
      'the line of a failed attempt',
      'delivery.smtp_unreachable',
      /^Attempt 1 of 3 at step "Send" failed: The mail server did not answer/,
      'retry',
      (role) => ofMessage(lineOf(role, 'logs', /^Attempt 1/)),
    ],
    [
      'the line of a finding',
      'delivery.recipient_invalid',
      /^The e-mail ".+" is not valid$/,
      'set_recipient',
      (role) => ofMessage(lineOf(role, 'blocked logs', /is not valid/)),
    ],
    [
      'step.failed',
      'delivery.recipient_rejected',
      refusedText,
      'set_recipient',
      (role) => ofError(eventOf(role, 'stream', 'step.failed')),
    ],
    [
      'execution.failed',
      'delivery.recipient_rejected',
      refusedText,
      'set_recipient',
      (role) => ofError(eventOf(role, 'stream', 'execution.failed')),
    ],
    [
      'preflight.completed',
      'delivery.recipient_invalid',
      /^The e-mail ".+" is not valid$/,
      'set_recipient',
      (role) => {
        const { blocking, recommended_actions } = eventOf(role, 'blocked stream', 'preflight.completed')
        return ofMessage({ ...(blocking as ReadonlyArray<Body>)[0], recommended_actions })
      },
    ],
    [
      "the run's preflight",
      'delivery.recipient_invalid',
      /^The e-mail ".+" is not valid$/,
      'set_recipient',
      (role) => {
        const { blocking, recommended_actions } = bodyOf(seen[role]['blocked preflight']!)
        return ofMessage({ ...(blocking as ReadonlyArray<Body>)[0], recommended_actions })
      },
    ],
  ]

  type Refusal = readonly [name: string, status: number, code: string, action: string, by: ReadonlyArray<Role>]
  const steering: ReadonlyArray<Role> = ['operator', 'admin']
  const refusals: ReadonlyArray<Refusal> = [
    ['400', 400, 'bad_request', 'correct_request', roles],
    ['404', 404, 'not_found', 'check_address', roles],
    ['409', 409, 'run_state_conflict', 'choose_control', steering],
    ['409 of the stream', 409, 'cursor_beyond_head', 'restart_stream', roles],
    ['412', 412, 'precondition_failed', 'read_again', steering],
    ['422', 422, 'preflight.blocked', 'map_fields', steering],
    ['503', 503, 'read_model_behind', 'retry', roles],
  ]

  const expectFour = (
    { code, human, tech, actions }: Four,
    expected: readonly [string, RegExp, string],
    role: Role,
  ) => {
    expect(code, role).to.equal(expected[0])
    expect(human, role).to.match(expected[1])
    if (readerWith([role], 'en').sees.tech) expect(tech, role).to.be.a('string').with.length.greaterThan(3)
    else expect(tech, role).to.equal(null)
    const [first] = actions as ReadonlyArray<Body>
    expect(first, role).to.include({ action: expected[2] })
    for (const field of ['label', 'description']) expect(first?.[field], role).to.be.a('string').and.not.equal('')
    expect(first?.['params'], role).to.have.property('issue_code')
  }

  describe('say what happened, to people and to developers, and what to do', () => {
    for (const [name, code, human, action, fields] of surfaces)
      it(`on ${name}`, () => {
        for (const role of roles) expectFour(fields(role), [code, human, action], role)
      })

    for (const [name, status, code, action, by] of refusals)
      it(`on ${name}, ${code}`, () => {
        for (const role of by) {
          const answer = seen[role][name]!
          expect(answer.status, role).to.equal(status)
          expectFour(ofProblem(bodyOf(answer)), [code, /./, action], role)
        }
      })

    it('on a plan that is refused', () => {
      for (const role of steering) {
        const refused = at(seen[role]['refused plan']!, 'refused') as Body
        expectFour(ofProblem(refused), ['run_state_conflict', /failed/, 'choose_control'], role)
      }
    })

    it('on each attempt at a step', () => {
      for (const role of roles) {
        const shown = readerWith([role], 'en').sees.tech
        const [first, second] = stepOf(role)['attempts'] as ReadonlyArray<Body>
        expect(first, role).to.include({
          attempt: 1,
          outcome: 'failure',
          code: 'delivery.smtp_unreachable',
          message_human: 'The mail server did not answer; try again later',
          message_tech: shown ? 'T3CHNICAL ECONNREFUSED' : null,
          retryable: true,
        })
        expect(second, role).to.include({ attempt: 2, code: 'delivery.recipient_rejected', retryable: false })
        for (const attempt of [first, second])
          expect(Date.parse(String(attempt?.['ended_at']))).to.be.at.least(Date.parse(String(attempt?.['started_at'])))
      }
    })

    it('in the node that it concerns', () => {
      const node = stepOf('admin')['node_id']
      for (const [name, , , , fields] of surfaces.slice(0, 4).concat(surfaces.slice(5, 7)))
        expect(fields('admin').actions, name).to.have.nested.property('[0].target_node_id', node)
    })
  })

  describe('show each reader what he may see', () => {
    /** Which kinds a surface holds at all. */
    const holding: Readonly<Record<string, ReadonlyArray<keyof Sight>>> = {
      run: ['tech', 'people'],
      list: ['tech', 'people'],
      steps: ['tech', 'data', 'people'],
      logs: ['tech', 'people'],
      effects: [],
      'blocked run': ['tech', 'people'],
      'blocked preflight': ['tech', 'people'],
      'blocked logs': ['tech', 'people'],
      400: ['tech'],
      404: [],
      '409 of the stream': ['tech'],
      503: ['tech'],
      stream: ['tech', 'data', 'people'],
      'blocked stream': ['tech', 'people'],
    }
    const kinds = Object.keys(marks) as ReadonlyArray<keyof Sight>

    for (const role of roles)
      it(`as ${role}`, () => {
        const { sees } = readerWith([role], 'en')
        for (const [name, held] of Object.entries(holding)) {
          const text = JSON.stringify(seen[role][name]?.body)
          for (const kind of kinds)
            expect(marks[kind].test(text), `${kind} on ${name}`).to.equal(sees[kind] && held.includes(kind))
        }
        const audit = seen[role]['audit']
        expect(audit?.status, 'audit').to.equal(sees.tech ? 200 : 403)
      })

    for (const role of steering)
      it(`as ${role}, who steers`, () => {
        const { sees } = readerWith([role], 'en')
        for (const name of ['409', '412', '422', 'refused plan', 'preflight'])
          expect(
            marks.tech.test(JSON.stringify(seen[role][name]?.body)) ||
              /"message_tech":"/.test(JSON.stringify(seen[role][name]?.body)),
            name,
          ).to.equal(sees.tech)
      })

    it('and a viewer is told which fields are kept from him, and from whom something came', () => {
      expect(stepOf('viewer')).to.deep.include({
        data_in: null,
        data_out: null,
        error_tech: null,
        withheld: ['data_in', 'data_out', 'error_tech'],
      })
      expect(stepOf('operator')).to.deep.include({ data_in: { to: 'S3CRET-DATA' }, withheld: ['error_tech'] })
      expect(stepOf('admin')).to.deep.include({ withheld: [] })
      expect(stepOf('viewer')['error_human']).to.equal(
        'The mail server refused the recipient a…@example.com; check the address',
      )
      expect(eventOf('viewer', 'blocked stream', 'execution.canceled')).to.deep.equal({
        canceled_by: null,
        reason: null,
      })
      expect(eventOf('viewer', 'stream', 'execution.created')).to.include({ trigger_data: null })
      expect(eventOf('operator', 'stream', 'execution.created')).to.deep.include({
        trigger_data: { deal: 'S3CRET-DATA' },
      })
    })
  })
})
