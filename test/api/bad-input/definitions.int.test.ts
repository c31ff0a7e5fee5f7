import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { at, contract, defineActive, documentNode, idOf, manual, uploadDocx, type Body } from '../requests'
import { problemsOf, refusing } from './refusing'

describe('bad input in workflows and connections', () => {
  const { client, refused } = refusing()

  it('nodes, each fault at its place', async () => {
    const nodes = [
      { ...manual, config: { x: 1 } },
      { node_type: 'teleport', label: 'T', config: {} },
      { node_type: 'email', label: '', config: { to: 'ana' } },
      7,
    ]
    const answer = await refused(() => client().post('/workflows', { name: '', nodes }), 400, 'bad_request')
    const faults = problemsOf(answer)
    expect(faults).to.include('/nodes/1/node_type: is not a known node type')
    expect(faults.map((each) => each.split(':')[0])).to.include.members([
      '/name',
      '/nodes/0/config/x',
      '/nodes/2/label',
      '/nodes/2/config/to',
      '/nodes/3',
    ])
  })

  it('a connection, in every part of it', async () => {
    const body = { name: '', type: 'smtp', config: { host: '', port: 'x' }, secret: { user: 7 } }
    const answer = await refused(() => client().post('/connections', body), 400, 'bad_request')
    const places = problemsOf(answer).map((each) => each.split(':')[0])
    expect(places).to.include.members(['/name', '/config/host', '/config/port', '/secret/user'])
    expect(places).to.have.length(new Set(places).size)
  })

  it('nodes that do not begin with a trigger, or that hold a reference that cannot be read', async () => {
    const node = documentNode(randomUUID())
    expect(
      problemsOf(await refused(() => client().post('/workflows', { name: 'X', nodes: [node] }), 400, 'bad_request')),
    ).to.deep.equal(['/nodes/0/node_type: the first node must be a trigger'])
  })

  it('a connection of no type, with a bad address, or with a secret that does not belong', async () => {
    const send = (body: object) =>
      refused(() => client().post('/connections', { name: 'C', ...body }), 400, 'bad_request')
    expect(problemsOf(await send({ type: 'pigeon', config: {} }))).to.deep.equal([
      '/type: must be one of smtp, storage, hubspot',
    ])
    const faults = problemsOf(
      await send({
        type: 'smtp',
        config: { host: 'a b', port: 0, from: 'x\r\nBcc: y' },
        secret: { user: 1, pin: 2 },
      }),
    )
    expect(faults.map((each) => each.split(':')[0])).to.have.members([
      '/config/host',
      '/config/port',
      '/config/from',
      '/secret/user',
      '/secret/password',
      '/secret/pin',
    ])
    await send({ type: 'storage', config: { url: 'gopher://x' } })
  })

  it('an e-mail address with a line break in it', async () => {
    const connection = idOf(
      await client()
        .post('/connections', {
          name: 'M',
          type: 'smtp',
          config: { host: '127.0.0.1', port: 1, from: 'a@example.com' },
        })
        .expect(201),
    )
    const node = {
      node_type: 'email',
      label: 'Send',
      config: {
        connection_id: connection,
        to: ['{{trigger.to}}'],
        subject_template: 'S',
        body_template: 'B',
        body_type: 'text',
      },
    }
    const id = await defineActive(client(), [manual, node])
    const answer = await refused(
      () =>
        client().post(`/workflows/${id}/executions?preflight=true`, {
          trigger_data: { to: 'ana@example.com\r\nBcc: all@example.com' },
        }),
      422,
      'preflight.blocked',
    )
    expect((at(answer, 'params.issues') as Body[]).map(({ code }) => code)).to.deep.equal([
      'delivery.recipient_invalid',
    ])
  })

  it("trigger data that lacks a tag's value", async () => {
    const template = idOf(await uploadDocx(client(), await contract()).expect(201))
    const id = await defineActive(client(), [manual, documentNode(template)])
    const answer = await refused(
      () => client().post(`/workflows/${id}/executions?preflight=true`, { trigger_data: { deal_id: '1', items: [] } }),
      422,
      'preflight.blocked',
    )
    expect(JSON.stringify(at(answer, 'params.issues'))).to.include('client.name')
  })
})
