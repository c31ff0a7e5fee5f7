import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { as, at, bodyOf, type Client, contract, defineActive, idOf, manual, uploadDocx } from './requests'
import { sharedSite } from './shared-site'
import type { Site } from './site'

const smtp = { name: 'Mail', type: 'smtp', config: { host: 'mail.example.com', port: 25, from: 'docs@example.com' } }

describe('a request given twice', () => {
  let site: Site
  let client: Client
  let workflow: string
  before(async () => {
    site = await sharedSite()
    client = as(site, site.ours)
    workflow = await defineActive(client)
  })

  const start = (key: string, data: object = { a: 1 }) =>
    client.post(`/workflows/${workflow}/executions`, { trigger_data: data }, key)

  it('with the same key is answered as the first time, and done once', async () => {
    const key = randomUUID()
    const first = await start(key).expect(201)
    const before = await site.amounts()
    const second = await start(key).expect(201)
    expect(bodyOf(second)).to.deep.equal(bodyOf(first))
    expect(second.headers['location']).to.equal(first.headers['location'])
    expect(await site.amounts()).to.deep.equal(before)
  })

  it('in another order of fields is the same request', async () => {
    const key = randomUUID()
    const first = await start(key, { a: 1, b: { c: 2, d: 3 } }).expect(201)
    expect(bodyOf(await start(key, { b: { d: 3, c: 2 }, a: 1 }).expect(201))).to.deep.equal(bodyOf(first))
  })

  it('with the same key and another body, or for another workflow, is refused', async () => {
    const key = randomUUID()
    await start(key).expect(201)
    const before = await site.amounts()
    expect(bodyOf(await start(key, { a: 2 }).expect(422))).to.include({ code: 'idempotency_key_reused' })
    const other = await defineActive(client)
    const after = await site.amounts()
    const refused = await client.post(`/workflows/${other}/executions`, { trigger_data: { a: 1 } }, key).expect(422)
    expect(bodyOf(refused)).to.include({ code: 'idempotency_key_reused' })
    expect(await site.amounts()).to.deep.equal(after)
    expect(after.files).to.equal(before.files)
  })

  it('is answered as the first time after the workflow was archived', async () => {
    const key = randomUUID()
    const other = await defineActive(client)
    const first = await client.post(`/workflows/${other}/executions`, { trigger_data: {} }, key).expect(201)
    await client.post(`/workflows/${other}/archive`).expect(200)
    const second = await client.post(`/workflows/${other}/executions`, { trigger_data: {} }, key).expect(201)
    expect(bodyOf(second)).to.deep.equal(bodyOf(first))
  })

  it('at once from ten senders is done once, and all get the same answer', async () => {
    const key = randomUUID()
    const answers = await Promise.all(Array.from({ length: 10 }, () => start(key)))
    expect(answers.map(({ status }) => status)).to.deep.equal(Array.from({ length: 10 }, () => 201))
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).to.equal(1)
  })

  it('at once with two bodies is done for one of them', async () => {
    const key = randomUUID()
    const answers = await Promise.all([1, 2, 3, 4].map((n) => start(key, { n: n % 2 })))
    const done = answers.filter(({ status }) => status === 201)
    const refused = answers.filter(({ status }) => status === 422)
    expect([done.length, refused.length]).to.deep.equal([2, 2])
    expect(new Set(done.map(idOf)).size).to.equal(1)
  })

  it('is another request for another organization', async () => {
    const key = randomUUID()
    const theirs = as(site, site.theirs)
    const made = await client.post('/workflows', { name: 'A', nodes: [manual] }, key).expect(201)
    expect(idOf(await theirs.post('/workflows', { name: 'A', nodes: [manual] }, key).expect(201))).to.not.equal(
      idOf(made),
    )
  })

  it('holds for workflows, templates, versions, connections and activation', async () => {
    const key = randomUUID()
    const file = await contract()
    const upload = (name: string) => uploadDocx(client, file, name).set('Idempotency-Key', key)
    const template = await upload('T').expect(201)
    expect(bodyOf(await upload('T').expect(201))).to.deep.equal(bodyOf(template))
    expect(bodyOf(await upload('U').expect(422))).to.include({ code: 'idempotency_key_reused' })

    const define = (name: string) =>
      client.post('/workflows', { name, nodes: [manual, { ...manual, node_type: 'email' }].slice(0, 1) }, key)
    const made = await define('W').expect(201)
    expect(bodyOf(await define('W').expect(201))).to.deep.equal(bodyOf(made))
    expect(bodyOf(await define('V').expect(422))).to.include({ code: 'idempotency_key_reused' })

    const activate = () => client.post(`/workflows/${idOf(made)}/activate`, {}, 'activation')
    expect(bodyOf(await activate().expect(200))).to.deep.equal(bodyOf(await activate().expect(200)))
  })

  it('with another secret does not change the stored one, nor does the log hold either', async () => {
    const key = randomUUID()
    const make = (password: string) => client.post('/connections', { ...smtp, secret: { user: 'u', password } }, key)
    const made = await make('first-secret').expect(201)
    const stored = () =>
      site
        .knex('connection_secrets')
        .where({ connection_id: idOf(made) })
        .first('ciphertext') as Promise<unknown>
    const before = await stored()
    expect(bodyOf(await make('second-secret').expect(422))).to.include({ code: 'idempotency_key_reused' })
    expect(await stored()).to.deep.equal(before)
    const read = await site.store.readStream(`connection-${idOf(made)}` as never, { limit: 10 })()
    const text = JSON.stringify(read, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))
    expect(text).to.include('mail.example.com').and.not.include('secret"')
    expect(text).to.not.include('first-secret')
  })

  it('needs a key of printable ASCII', async () => {
    for (const key of ['', ' ', 'x'.repeat(256)]) {
      const answer = await client
        .send('post', '/workflows')
        .set('Idempotency-Key', key)
        .send({ name: 'A', nodes: [manual] })
      expect([answer.status, at(answer, 'params.problems.0.header')], key).to.deep.equal([400, 'Idempotency-Key'])
    }
  })
})
