import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import type { Response } from 'supertest'
import { base, bodyOf, manual } from '../requests'
import { mebibyte, problemsOf, refusing } from './refusing'

/** As many values as a body may have. */
const most = 20_000

const filled = (open: string, unit: (index: number) => string, close: string, units = most - 1): string =>
  open + Array.from({ length: units }, (_, index) => unit(index)).join(',') + close

const name = (index: number): string => `"${index.toString(36)}z":1`
const deep = (index: number): string => `${'['.repeat(60)}${index}${']'.repeat(60)}`

describe('an input of as many values as there may be, laborious to refuse', function () {
  this.timeout(60_000)
  const { site, client, start, refused } = refusing()

  let server: Server
  before((done) => {
    server = createServer(site().app).listen(0, '127.0.0.1', done)
  })
  after((done) => {
    server.closeAllConnections()
    server.close(() => done())
  })

  const health = async (): Promise<number> => {
    const began = performance.now()
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/health/live`)
    expect(answer.status).to.equal(200)
    return performance.now() - began
  }

  /** The answer, and the longest that another request waited for its own meanwhile, ms. */
  const beside = async (sent: () => PromiseLike<Response>): Promise<readonly [Response, number]> => {
    let answered = false
    const asking = async (): Promise<number> => {
      let longest = 0
      while (!answered) longest = Math.max(longest, await health())
      return longest
    }
    const others = asking()
    const answer = await sent()
    answered = true
    return [answer, await others]
  }

  /** A busy machine may be many times slower than one body takes; the fault was twenty seconds. */
  const patience = 3_000

  const bodies: ReadonlyArray<readonly [what: string, body: string, problems: number, first: string]> = [
    ['unknown fields', filled('{', name, '}'), 50, '/trigger_data: is missing'],
    [
      'unknown fields behind names that are given twice',
      filled('{"trigger_data":{},', (index) => (index < 20 ? '"a":1' : name(index)), '}'),
      19,
      '/a: is given twice',
    ],
    ['numbers beyond 2^53', filled('{"trigger_data":[', () => '1e30', ']}'), 50, '/trigger_data/0: is a number'],
    [
      'long names above many problems',
      `${`{"${'n/~'.repeat(5_000)}":`.repeat(60)}${filled('[', () => '1e30', ']', most - 60)}${'}'.repeat(60)}`,
      50,
      '/n~1~0',
    ],
    ['deep lists', filled('{"trigger_data":[', deep, ']}', 300), 1, '/trigger_data: must be an object'],
  ]
  for (const [what, body, problems, first] of bodies)
    it(`${what}: the first are told, and others do not wait`, async () => {
      const [answer, longest] = await beside(() => refused(() => start(body), 400, 'bad_request'))
      expect(problemsOf(answer)).to.have.length(problems)
      expect(problemsOf(answer)[0]).to.include(first)
      expect(answer.text.length).to.be.lessThan(2 * mebibyte)
      expect(longest).to.be.lessThan(patience)
    })

  it('nodes of unknown fields', async () => {
    const node = `{"node_type":"email","label":"x","config":${filled('{', name, '}', 400)}}`
    const body = `{"name":"W","nodes":[${JSON.stringify(manual)},${Array.from({ length: 49 }, () => node).join(',')}]}`
    const [answer, longest] = await beside(() =>
      refused(
        () => client().send('post', '/workflows').set('Content-Type', 'application/json').send(body),
        400,
        'bad_request',
      ),
    )
    expect(problemsOf(answer)).to.have.length(50)
    expect(problemsOf(answer)[0]).to.equal('/nodes/1/config/0z: is not a known field')
    expect(longest).to.be.lessThan(patience)
  })

  it('languages and parameters that nobody knows', async () => {
    const search = Array.from({ length: 1_500 }, (_, index) => `p${index}=1`).join('&')
    const languages = Array.from({ length: 1_500 }, () => '$').join(',')
    const [answer, longest] = await beside(() =>
      refused(() => client().get(`/executions?${search}`).set('Accept-Language', languages), 400, 'bad_request'),
    )
    expect(problemsOf(answer)).to.have.length(50)
    expect(longest).to.be.lessThan(patience)
  })

  it('a body that is good begins its run', async () => {
    const [answer] = await beside(() => start(filled('{"trigger_data":{', name, '}}')))
    expect(answer.status).to.equal(201)
    expect(String(answer.headers['location'])).to.equal(`${base}/executions/${String(bodyOf(answer)['id'])}`)
  })
})
