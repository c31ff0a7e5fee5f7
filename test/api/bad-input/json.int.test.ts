import { expect } from 'chai'
import { at, bodyOf, idOf } from '../requests'
import { mebibyte, problemsOf, refusing } from './refusing'

describe('bad input in JSON', () => {
  const { client, workflow, start, refused } = refusing()

  const cases: ReadonlyArray<readonly [what: string, body: string, problem: string]> = [
    ['text that is no JSON', '{"trigger_data": {', ': is not JSON'],
    ['nothing', '', ': is not JSON'],
    ['a list', '[]', ': must be an object'],
    ['an unknown field', '{"trigger_data": {}, "colour": 1}', '/colour: is not a known field'],
    ['a missing field', '{}', '/trigger_data: is missing'],
    ['a field of another kind', '{"trigger_data": []}', '/trigger_data: must be an object'],
    [
      'a number over 2^53',
      '{"trigger_data": {"id": 9007199254740993}}',
      '/trigger_data/id: is a number beyond 2^53; send it as text',
    ],
    ['NUL', String.raw`{"trigger_data": {"a": "x\u0000"}}`, '/trigger_data/a: holds the NUL character'],
    [
      'half a surrogate pair',
      String.raw`{"trigger_data": {"a": "\ud800"}}`,
      '/trigger_data/a: holds half a surrogate pair',
    ],
    ['__proto__', '{"trigger_data": {"__proto__": {"x": 1}}}', '/trigger_data/__proto__: is not an allowed name'],
    ['constructor', '{"trigger_data": {"constructor": 1}}', '/trigger_data/constructor: is not an allowed name'],
    ['a field twice', '{"trigger_data": {"a": 1, "a": 2}}', '/trigger_data/a: is given twice'],
    [
      'what is nested too deep',
      `{"trigger_data": ${'{"a":'.repeat(100)}1${'}'.repeat(100)}}`,
      ': is nested deeper than 64',
    ],
  ]
  for (const [what, body, problem] of cases)
    it(what, async () => {
      const answer = await refused(() => start(body), 400, 'bad_request')
      expect(problemsOf(answer).join('\n')).to.include(problem)
    })

  it('every problem at once, in the answer and in its detail', async () => {
    const answer = await refused(
      () => start(String.raw`{"trigger_data": {"a": "\u0000", "b": 1e300}, "x": 1}`).set('Accept-Language', 'en'),
      400,
      'bad_request',
    )
    expect(problemsOf(answer)).to.have.length(2)
    expect(bodyOf(answer)['detail']).to.equal(
      'The request has 2 problems; the first: /trigger_data/a holds the NUL character',
    )
  })

  it('a text that is not UTF-8, without quoting it', async () => {
    const answer = await refused(
      () =>
        client()
          .send('post', `/workflows/${workflow()}/executions`)
          .set('Content-Type', 'application/json')
          .serialize((bytes) => bytes as string)
          .send(Buffer.from('7b2261223a22ff227d', 'hex') as never),
      400,
      'bad_request',
    )
    expect(problemsOf(answer)).to.deep.equal([': is not UTF-8'])
    const secret = await refused(() => start('{"password": "hunter2" oops'), 400, 'bad_request')
    expect(JSON.stringify(bodyOf(secret))).to.not.include('hunter2')
  })

  it('a body over 1 MiB, declared or not', async () => {
    const big = JSON.stringify({ trigger_data: { text: 'x'.repeat(mebibyte) } })
    const answer = await refused(() => start(big), 413, 'payload_too_large')
    expect(answer.headers['retry-after']).to.equal(undefined)
    expect(at(answer, 'params.limit_bytes')).to.equal(mebibyte)
  })

  it('a body within 1 MiB that would make an event over the limit', async () => {
    const text = 'é'.repeat(524_100)
    await refused(() => start(JSON.stringify({ trigger_data: { text } })), 413, 'payload_too_large')
  })

  it('a body of more than 20,000 values, whatever else is wrong with it', async () => {
    const names = (count: number) => Array.from({ length: count }, (_, index) => `"${index}": ${index}`).join(',')
    expect((await start(`{"trigger_data": {${names(19_999)}}}`)).status).to.equal(201)
    const tooMany: ReadonlyArray<string> = [
      `{"trigger_data": {${names(20_000)}}}`,
      `{"trigger_data": {"list": [${Array.from({ length: 20_000 }, () => '{}').join(',')}]}}`,
      '['.repeat(500_000) + ']'.repeat(500_000),
      '{"a":'.repeat(200_000),
      `{"trigger_data": {}, ${names(20_000)}, "a": 1, "a": 1e99`,
    ]
    for (const body of tooMany) {
      const answer = await refused(() => start(body).set('Accept-Language', 'en'), 413, 'too_many_values')
      expect(at(answer, 'params')).to.deep.equal({ limit: 20_000 })
      expect(bodyOf(answer)['detail']).to.equal('Fields of objects and items of lists may be 20,000 in all')
      expect(answer.headers['retry-after']).to.equal(undefined)
    }
  })

  it('a body of too many values for every command', async () => {
    const many = JSON.stringify({ list: Array.from({ length: 20_000 }, () => 1) })
    const run = idOf(await start('{"trigger_data": {}}'))
    for (const path of [
      '/workflows',
      `/workflows/${workflow()}/preflight`,
      `/workflows/${workflow()}/activate`,
      '/connections',
      `/executions/${run}/resume`,
      `/executions/${run}/pause`,
      `/executions/${run}/cancel`,
      `/executions/${run}/retry`,
    ])
      await refused(
        () => client().send('post', path).set('Content-Type', 'application/json').send(many),
        413,
        'too_many_values',
      )
  })

  it('another content type', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/json; charset=latin1',
      'multipart/form-data',
    ])
      await refused(() => start('{}', type), 415, 'unsupported_media_type')
    await refused(() => start('{}').set('Content-Encoding', 'gzip'), 415, 'unsupported_media_type')
  })

  it('a body for a command that takes none', async () => {
    await refused(
      () => client().send('post', `/workflows/${workflow()}/activate`).send({ now: true }),
      400,
      'bad_request',
    )
  })
})
