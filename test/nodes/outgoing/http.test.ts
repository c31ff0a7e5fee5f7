import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { exchange, type OutgoingLimits } from '../../../src/nodes/outgoing/http'

const limits: OutgoingLimits = {
  policy: { allowPrivateAddresses: true, fileRoot: undefined },
  timeoutMs: 5_000,
  mostBytes: 1_000,
}
const refusing: OutgoingLimits = { ...limits, policy: { ...limits.policy, allowPrivateAddresses: false } }

const reasonOf = async (answer: Promise<unknown>): Promise<string> => {
  try {
    await answer
    return 'an answer'
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

describe('outgoing requests', () => {
  let server: Server
  let respond: (res: ServerResponse, path: string) => void
  let asked: ReadonlyArray<string> = []
  const at = (path: string, host = '127.0.0.1') =>
    new URL(`http://${host}:${(server.address() as AddressInfo).port}${path}`)

  beforeEach(async () => {
    asked = []
    server = createServer((req, res) => {
      asked = [...asked, `${req.method ?? ''} ${req.url ?? ''}`]
      respond(res, req.url ?? '')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  afterEach(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })

  it('give the answer whatever its status, and follow nothing', async () => {
    respond = (res) => void res.writeHead(302, { location: '/elsewhere' }).end('moved')
    const answer = await exchange({ method: 'GET', url: at('/a') }, limits)
    expect([answer.status, answer.body.toString(), asked]).to.deep.equal([302, 'moved', ['GET /a']])
  })

  it('take no more than so many bytes', async () => {
    respond = (res, path) => void res.end('x'.repeat(Number(path.slice(1))))
    expect((await exchange({ method: 'GET', url: at('/1000') }, limits)).body).to.have.length(1_000)
    expect(await reasonOf(exchange({ method: 'GET', url: at('/1001') }, limits))).to.equal(
      'an answer of more than 1000 bytes',
    )
  })

  it('end in time where nothing comes, where it stops half way, and when they are given up', async () => {
    respond = (res, path) => {
      if (path === '/half') res.writeHead(200, { 'content-length': '10' }).write('half')
      if (path === '/cut') res.writeHead(200, { 'content-length': '10' }).write('half', () => res.destroy())
    }
    const short = { ...limits, timeoutMs: 50 }
    for (const path of ['/silence', '/half'])
      expect(await reasonOf(exchange({ method: 'GET', url: at(path) }, short))).to.equal('no answer within 50 ms')
    expect(await reasonOf(exchange({ method: 'GET', url: at('/cut') }, limits))).to.not.equal('an answer')
    const given = { ...limits, signal: AbortSignal.abort() }
    expect(await reasonOf(exchange({ method: 'GET', url: at('/silence') }, given))).to.include('abort')
  })

  it('go to public addresses by https', async () => {
    respond = (res) => void res.end()
    for (const host of ['127.0.0.1', 'localhost']) {
      expect(await reasonOf(exchange({ method: 'GET', url: at('/', host) }, refusing))).to.include('by https')
      const secure = new URL(at('/', host).href.replace('http:', 'https:'))
      expect(await reasonOf(exchange({ method: 'GET', url: secure }, refusing))).to.include('not a public address')
    }
    expect(asked).to.deep.equal([])
  })
})
