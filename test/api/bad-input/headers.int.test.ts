import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { as, idOf } from '../requests'
import { problemsOf, refusing } from './refusing'

describe('bad input in headers and addresses', () => {
  const { site, client, workflow, start, refused } = refusing()

  it('a correlation id that is none, an organization that is none', async () => {
    await refused(() => start('{"trigger_data": {}}').set('X-Correlation-ID', 'abc'), 400, 'bad_request')
    await refused(() => start('{"trigger_data": {}}').set('X-Organization-ID', "' OR 1=1"), 400, 'bad_request')
  })

  it('an unknown parameter', async () => {
    const answer = await refused(
      () => client().get('/executions?colour=red&limit=1000&status=done'),
      400,
      'bad_request',
    )
    expect(problemsOf(answer).map((each) => each.split(':')[0])).to.deep.equal(['colour', 'limit', 'status'])
    await refused(
      () => client().post(`/workflows/${workflow()}/executions?x=1`, { trigger_data: {} }),
      400,
      'bad_request',
    )
  })

  it('garbage as Last-Event-ID', async () => {
    const run = idOf(await start('{"trigger_data": {}}').expect(201))
    for (const id of ['garbage', '1-2-3', '-1-0', '99999999999999999999-0', '1; DROP TABLE'])
      await refused(() => client().get(`/sse/executions/${run}/stream`).set('Last-Event-ID', id), 400, 'bad_request')
  })

  it('a method or an address that there is not', async () => {
    const deleted = await refused(() => client().send('delete', `/workflows/${workflow()}`), 405, 'method_not_allowed')
    expect(deleted.headers['allow']).to.equal('GET, HEAD, PUT, OPTIONS')
    const stream = `/sse/executions/${workflow()}/stream`
    const posted = await refused(() => client().send('post', stream), 405, 'method_not_allowed')
    expect(posted.headers['allow']).to.equal('GET, HEAD, OPTIONS')
    await refused(() => client().send('get', '/nowhere'), 404, 'route_not_found')
    await refused(() => client().send('get', '/executions/%E0%A4%A'), 404, 'route_not_found')
    await refused(() => client().get("/executions/'; --"), 404, 'not_found')
    await refused(() => client().send('post', '/executions/a/launch'), 404, 'route_not_found')
    expect((await client().send('options', `/workflows`).expect(204)).headers['allow']).to.equal(
      'GET, HEAD, POST, OPTIONS',
    )
  })

  it('a wish for another format', async () => {
    await refused(() => client().get('/executions').set('Accept', 'text/html'), 406, 'not_acceptable')
    await client().get('/executions').set('Accept', 'text/html, */*;q=0.1').expect(200)
  })

  it('a cursor of another list, another tenant or nowhere', async () => {
    const run = idOf(await start('{"trigger_data": {}}').expect(201))
    await client().get(`/executions/${run}?at_least=0`).expect(200)
    await client().get(`/executions?cursor=${run}`).expect(200)
    await refused(() => client().get(`/executions?cursor=${randomUUID()}`), 400, 'bad_request')
    await refused(() => client().get(`/workflows?cursor=${run}`), 400, 'bad_request')
    await refused(() => as(site(), site().theirs).get(`/executions?cursor=${run}`), 400, 'bad_request')
    await refused(() => client().get(`/executions/${run}/logs?cursor=${run}`), 400, 'bad_request')
  })
})
