import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { as, at, type Body, bodyOf, type Client, idOf, manual } from './requests'
import { sharedSite } from './shared-site'
import type { Site } from './site'

const document = { node_type: 'uploaded-document', label: 'Generate', config: {} }
const email = { node_type: 'email', label: 'Send', config: { to: ['ana@example.com'] } }
const whole = { ...email, config: { ...email.config, connection_id: randomUUID(), subject_template: 'Hello' } }
const signatures = {
  node_type: 'clicksign',
  label: 'Sign',
  config: { connection_id: randomUUID(), recipients: [{ name: 'Ana', email: 'ana@example.com' }] },
}

describe('a workflow that is a draft', () => {
  let site: Site
  let client: Client
  before(async () => {
    site = await sharedSite()
    client = as(site, site.ours)
  })

  const draw = async (body: object): Promise<string> =>
    idOf(await client.post('/workflows', { name: 'Draft', ...body }).expect(201))
  const put = (id: string, revision: number, nodes: ReadonlyArray<object>) =>
    client.send('put', `/workflows/${id}`).set('If-Match', `"${revision}"`).send({ name: 'Draft', nodes })
  const activate = (id: string) => client.post(`/workflows/${id}/activate`)
  const lacks = (answer: { readonly body: unknown }) =>
    (at(answer, 'params.issues') as ReadonlyArray<Body>).map(({ code, pointers }) => [
      code,
      ...(pointers as ReadonlyArray<string>),
    ])

  it('may be without nodes, and its nodes without what they need', async () => {
    const id = await draw({})
    expect(bodyOf(await client.get(`/workflows/${id}`).expect(200))).to.deep.include({ status: 'draft', nodes: [] })
    const revised = bodyOf(await put(id, 0, [manual, document, email]).expect(200))
    expect((revised['nodes'] as ReadonlyArray<Body>).map(({ config }) => config)).to.deep.equal([{}, {}, email.config])
  })

  it('is held to what is there as strictly as ever', async () => {
    const wrong = { ...email, config: { to: 'ana', subject_template: '{{nothing.known}}', colour: 'red' } }
    const answer = await client.post('/workflows', { name: 'Draft', nodes: [manual, wrong] }).expect(400)
    expect((at(answer, 'params.problems') as ReadonlyArray<Body>).map(({ pointer }) => pointer)).to.deep.equal([
      '/nodes/1/config/to',
      '/nodes/1/config/subject_template',
      '/nodes/1/config/colour',
    ])
    await client
      .send('put', `/workflows/${await draw({})}`)
      .set('If-Match', '"0"')
      .send({ name: 'No nodes' })
      .expect(400)
  })

  it('names in its preflight what is missing, and where', async () => {
    const id = await draw({ nodes: [manual, document, email, signatures] })
    const verdict = bodyOf(await client.post(`/workflows/${id}/preflight`, { trigger_data: {} }).expect(200))
    expect(verdict['can_execute']).to.equal(false)
    const blocking = verdict['blocking'] as ReadonlyArray<Body>
    expect(blocking.map(({ code, pointers }) => [code, ...(pointers as ReadonlyArray<string>)])).to.deep.equal([
      ['data.node_not_configured', '/nodes/2/config/subject_template'],
      ['template.not_selected', '/nodes/1/config/template_id'],
      ['permissions.connection_missing', '/nodes/2/config/connection_id'],
      ['signature.provider_not_configured', '/nodes/3/config/connection_id'],
    ])
    expect(blocking[0]).to.include({ message_human: 'A etapa "Send" está incompleta: falta subject_template' })
    const actions = verdict['recommended_actions'] as ReadonlyArray<Body>
    expect(actions.map(({ action }) => action)).to.deep.equal([
      'edit_node',
      'select_template',
      'connect_provider',
      'configure_signature',
    ])
    expect(actions[0]?.['params']).to.deep.equal({
      label: ['Send'],
      fields: ['subject_template'],
      pointers: ['/nodes/2/config/subject_template'],
      issue_code: 'data.node_not_configured',
      issue_codes: ['data.node_not_configured'],
    })
  })

  it('is not activated before it is complete, and told why as its preflight does', async () => {
    const id = await draw({ nodes: [manual, document, email] })
    const refused = await activate(id).expect(422)
    expect(bodyOf(refused)).to.include({ code: 'workflow_incomplete' })
    expect(refused.headers['content-type']).to.include('application/problem+json')
    expect(lacks(refused)).to.deep.equal([
      ['data.node_not_configured', '/nodes/2/config/subject_template'],
      ['template.not_selected', '/nodes/1/config/template_id'],
      ['permissions.connection_missing', '/nodes/2/config/connection_id'],
    ])
    expect((bodyOf(refused)['recommended_actions'] as ReadonlyArray<Body>).map(({ action }) => action)).to.include(
      'select_template',
    )
    const started = await client.post(`/workflows/${id}/executions`, { trigger_data: {} }).expect(409)
    expect(bodyOf(started)).to.include({ code: 'workflow_not_active' })
    await client.post(`/workflows/${id}/activate`).set('If-Match', '"7"').expect(412)
    await put(id, 0, [manual, whole]).expect(200)
    expect(bodyOf(await activate(id).expect(200))).to.include({ status: 'active' })
    expect(lacks(await activate(await draw({})).expect(422))).to.deep.equal([['data.workflow_without_nodes', '/nodes']])
    expect(lacks(await activate(await draw({ nodes: [manual, signatures] })).expect(422))).to.deep.equal([
      ['signature.provider_not_configured', '/nodes/1/config/connection_id'],
    ])
  })

  it('becomes active, and then stays complete', async () => {
    const id = await draw({ nodes: [manual, whole] })
    const { revision } = bodyOf(await activate(id).expect(200))
    expect(lacks(await put(id, Number(revision), [manual, email]).expect(422))).to.deep.equal([
      ['data.node_not_configured', '/nodes/1/config/subject_template'],
      ['permissions.connection_missing', '/nodes/1/config/connection_id'],
    ])
    expect(bodyOf(await put(id, 0, [manual, email]).expect(412))).to.include({ code: 'precondition_failed' })
    expect(bodyOf(await client.get(`/workflows/${id}`).expect(200))).to.include({ version: 1, status: 'active' })
    expect(bodyOf(await put(id, Number(revision), [manual]).expect(200))).to.include({ version: 2, status: 'active' })
    expect(bodyOf(await activate(id).expect(200)), 'twice is once').to.include({ revision: Number(revision) + 1 })
  })
})
