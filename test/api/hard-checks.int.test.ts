import { expect } from 'chai'
import { endless } from '../support/hard-texts'
import { as, at, bodyOf, type Client, defineActive, manual } from './requests'
import { type Site, startSite } from './site'

const email = (label: string, config: object) => ({
  node_type: 'email',
  label,
  config: {
    connection_id: '11111111-1111-4111-8111-111111111111',
    to: ['ana@example.com'],
    subject_template: 'Contract',
    ...config,
  },
})

const trigger_data = { text: 'x,'.repeat(200_000) }

describe('checks that take long', function () {
  this.timeout(120_000)
  let site: Site
  let client: Client
  let workflow: string
  before(async () => {
    site = await startSite()
    client = as(site, site.ours)
    const nodes = [manual, email('Endless', { body_template: endless }), email('Nobody', { to: ['nobody'] })]
    workflow = await defineActive(client, nodes)
  })
  after(() => site.stop())

  it('block what they do not come to the end of, and find what is wrong elsewhere', async () => {
    const asked = await client.post(`/workflows/${workflow}/preflight?locale=en`, { trigger_data }).expect(200)
    const found = bodyOf(asked)['blocking'] as ReadonlyArray<{ code: string; message_human: string }>
    expect(bodyOf(asked)['can_execute']).to.equal(false)
    expect(found.map(({ code }) => code)).to.include.members(['data.check_unfinished', 'delivery.recipient_invalid'])
    expect(found.find(({ code }) => code === 'data.check_unfinished')?.message_human).to.include('"Endless"')
    const begun = await client
      .post(`/workflows/${workflow}/executions?preflight=true&locale=en`, { trigger_data })
      .expect(422)
    expect(bodyOf(begun)['code']).to.equal('preflight.blocked')
  })

  it('let other requests be answered meanwhile', async () => {
    const checked = client.post(`/workflows/${workflow}/preflight`, { trigger_data }).then(() => 'checked' as const)
    const another = () => client.get('/workflows').then(({ status }) => status)
    const first = await Promise.race([checked, another()])
    expect(first).to.equal(200)
    await checked
  })

  it('are not made when there is no thread for them: nothing begins, and it may be asked again', async () => {
    await site.endThreads()
    const before = await site.amounts()
    for (const path of ['preflight', 'executions?preflight=true']) {
      const answer = await client.post(`/workflows/${workflow}/${path}`, { trigger_data }).expect(503)
      expect(bodyOf(answer)['code']).to.equal('checks_unavailable')
      expect(answer.headers['retry-after']).to.equal('2')
    }
    expect(await site.amounts()).to.deep.equal(before)
    const small = await defineActive(client, [manual, email('Small', {})])
    expect(
      at(await client.post(`/workflows/${small}/preflight`, { trigger_data: {} }).expect(200), 'can_execute'),
    ).to.equal(false)
  })
})
