import { expect } from 'chai'
import { as, at, type Body, bodyOf, type Client, defineActive, idOf, manual } from './requests'
import { sharedSite } from './shared-site'
import type { Site } from './site'
import { workerOn } from './worker'

describe('lists and reads', () => {
  let site: Site
  let client: Client
  let workflow: string
  let runs: ReadonlyArray<string>
  let position: string
  before(async function () {
    this.timeout(60_000)
    site = await sharedSite()
    client = as(site, site.ours)
    workflow = await defineActive(client)
    const answers = await Promise.all(
      Array.from({ length: 7 }, () =>
        client.post(`/workflows/${workflow}/executions`, { trigger_data: {} }).expect(201),
      ),
    )
    runs = answers.map(idOf)
    const worker = workerOn(site, site.ours.id, runs[0] ?? '')
    await worker.begin()
    position = String(bodyOf(answers[0] ?? { body: {} })['position'])
    await client.get(`/executions/${runs[0] ?? ''}?at_least=3`).expect(200)
    await Promise.all(runs.map((run) => client.get(`/executions/${run}?at_least=0`).expect(200)))
  })

  const pages = async (path: string, items: string): Promise<ReadonlyArray<ReadonlyArray<Body>>> => {
    const all: Body[][] = []
    let cursor = ''
    for (;;) {
      const answer = await client.get(`${path}${cursor}`).expect(200)
      all.push(bodyOf(answer)[items] as Body[])
      if (bodyOf(answer)['has_more'] !== true) {
        expect(bodyOf(answer)['next_cursor']).to.equal(null)
        return all
      }
      cursor = `&cursor=${String(bodyOf(answer)['next_cursor'])}`
    }
  }

  it('come in pages that neither lose nor repeat', async () => {
    const found = await pages(`/executions?workflow_id=${workflow}&limit=3`, 'executions')
    expect(found.map(({ length }) => length)).to.deep.equal([3, 3, 1])
    expect(found.flat().map(({ id }) => id)).to.have.members([...runs])
    const times = found.flat().map(({ created_at }) => String(created_at))
    expect(times).to.deep.equal(times.toSorted().reverse())
  })

  it('say that there is no more when the last page is full', async () => {
    const found = await pages(`/executions?workflow_id=${workflow}&limit=7`, 'executions')
    expect(found.map(({ length }) => length)).to.deep.equal([7])
  })

  it('are filtered, each filter with the others', async () => {
    const ids = async (filters: string) =>
      (
        bodyOf(await client.get(`/executions?workflow_id=${workflow}&${filters}`).expect(200))['executions'] as Body[]
      ).map(({ id }) => id)
    expect(await ids('status=running')).to.deep.equal([runs[0]])
    expect(await ids('status=running&status=queued')).to.have.length(7)
    expect(await ids('status=completed')).to.have.length(0)
    const [first] = bodyOf(await client.get(`/executions?workflow_id=${workflow}&limit=1`))['executions'] as Body[]
    expect(await ids(`correlation_id=${String(first?.['correlation_id'])}`)).to.deep.equal([first?.['id']])
    expect(await ids(`trace_id=${String(first?.['trace_id'])}`)).to.deep.equal([first?.['id']])
    expect(await ids(`created_from=2020-01-01T00:00:00Z&created_to=2020-01-02T00:00:00Z`)).to.have.length(0)
    expect(await ids(`created_from=2020-01-01T00:00:00Z`)).to.have.length(7)
  })

  it('page through logs, oldest first, by level, domain and step', async () => {
    const path = `/executions/${runs[0] ?? ''}/logs`
    const all = (await pages(`${path}?limit=2`, 'logs')).flat()
    expect(all.length).to.be.greaterThan(2)
    const times = all.map(({ timestamp }) => String(timestamp))
    expect(times).to.deep.equal(times.toSorted())
    const step = all.find(({ step_id }) => step_id !== null)?.['step_id']
    const ofStep = (await pages(`${path}?step_id=${String(step)}`, 'logs')).flat()
    expect(ofStep).to.deep.equal(all.filter(({ step_id }) => step_id === step))
    expect((await pages(`${path}?level=error`, 'logs')).flat()).to.deep.equal([])
    expect((await pages(`${path}?domain=delivery`, 'logs')).flat()).to.deep.equal([])
  })

  it('page through workflows and connections', async () => {
    const own = as(site, site.theirs)
    const made: string[] = []
    for (const name of ['A', 'B', 'C']) {
      const answer = await own.post('/workflows', { name, nodes: [manual] }).expect(201)
      made.unshift(idOf(answer))
      position = String(bodyOf(answer)['position'])
    }
    const first = await own.get(`/workflows?limit=2&at_least_position=${position}`).expect(200)
    expect((bodyOf(first)['workflows'] as Body[]).map(({ id }) => id)).to.deep.equal(made.slice(0, 2))
    const second = await own.get(`/workflows?limit=1&cursor=${String(bodyOf(first)['next_cursor'])}`).expect(200)
    expect(at(second, 'workflows.0.id')).to.equal(made[2])
  })

  it('show a run as soon as it was accepted', async () => {
    for (let n = 0; n < 5; n += 1) {
      const started = await client.post(`/workflows/${workflow}/executions`, { trigger_data: {} }).expect(201)
      await client.get(`/executions/${idOf(started)}`).expect(200)
      const list = await client
        .get(`/executions?limit=1&at_least_position=${String(bodyOf(started)['position'])}`)
        .expect(200)
      expect(at(list, 'executions.0.id')).to.equal(idOf(started))
    }
  })

  it('say where they stand when they cannot show what is asked for', async () => {
    const began = performance.now()
    const run = runs[1] ?? ''
    const answer = await client.get(`/executions/${run}?at_least=99`).expect(503)
    expect(performance.now() - began).to.be.within(1_900, 10_000)
    expect(bodyOf(answer)).to.include({ code: 'read_model_behind' })
    expect(at(answer, 'params.reached')).to.match(/^\d+\/\d+$/)
    expect(answer.headers).to.include({ 'retry-after': '1', 'x-docg-position': at(answer, 'params.reached') })
    await client.get('/executions?at_least_position=999999999/999999999').expect(503)
    await client.get(`/executions/${run}/audit?at_least=99`).expect(503)
  }).timeout(20_000)

  it('are not sent again to who has them', async () => {
    const run = runs[1] ?? ''
    for (const path of [
      `/executions/${run}`,
      `/executions/${run}/steps`,
      `/executions/${run}/logs`,
      `/executions/${run}/documents`,
      `/executions/${run}/effects`,
    ]) {
      const { headers } = await client.get(path).expect(200)
      expect(headers['etag'], path).to.equal('"0"')
      for (const held of ['"0"', '"7", W/"0"', '*']) {
        const again = await client.get(path).set({ 'If-None-Match': held, 'Cache-Control': 'no-cache' }).expect(304)
        expect(again.text, path).to.equal('')
      }
      await client.get(path).set('If-None-Match', '"7"').expect(200)
      const head = await client.send('head', path).expect(200)
      expect(head.text, path).to.equal(undefined)
    }
  })

  it('speak the language that is asked for', async () => {
    const label = async (tenant: Site['ours'], path: string, header?: string) => {
      const sent = as(site, tenant).get(path)
      const answer = await (header === undefined ? sent : sent.set('Accept-Language', header)).expect(404)
      expect(answer.headers['vary']).to.include('Accept-Language')
      return [answer.headers['content-language'], bodyOf(answer)['title']]
    }
    const path = `/executions/${site.ours.id}`
    const pt = ['pt-BR', 'Não encontrado']
    const en = ['en', 'Not found']
    expect(await label(site.ours, path)).to.deep.equal(pt)
    expect(await label(site.theirs, path)).to.deep.equal(en)
    expect(await label(site.ours, path, 'en-GB')).to.deep.equal(en)
    expect(await label(site.theirs, path, 'pt-PT, en;q=0.9')).to.deep.equal(pt)
    expect(await label(site.theirs, `${path}?locale=pt-BR`, 'en')).to.deep.equal(pt)
    expect(await label(site.theirs, `${path}?locale=xx`, 'zz-!!, fr')).to.deep.equal(en)
  })
})
