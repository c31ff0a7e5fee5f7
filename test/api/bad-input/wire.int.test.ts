import { createServer, type Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { expect } from 'chai'
import { base } from '../requests'
import { mebibyte, refusing } from './refusing'

describe('bad input on the wire', () => {
  const { site, client, workflow } = refusing()

  let server: Server
  before((done) => {
    server = createServer(site().app).listen(0, '127.0.0.1', done)
  })
  after((done) => {
    server.closeAllConnections()
    server.close(() => done())
  })

  const exchange = (text: string | ReadonlyArray<string>): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
      let received = ''
      socket.on('data', (chunk) => {
        received += chunk.toString()
        if (received.includes('\r\n\r\n')) socket.destroy()
      })
      socket.on('close', () => resolve(received))
      // The server may close while the rest of the body is still being sent.
      socket.on('error', (error) => (received.includes('\r\n\r\n') ? resolve(received) : reject(error)))
      for (const part of [text].flat()) socket.write(part)
    })

  const head = (more: string) =>
    `POST ${base}/workflows/${workflow()}/executions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${site().ours.keys.admin}\r\nX-Organization-ID: ${site().ours.id}\r\nContent-Type: application/json\r\n${more}\r\n\r\n`

  it('a body of unknown length that does not end is refused at 1 MiB', async () => {
    const before = await site().amounts()
    const chunk = `10000\r\n${' '.repeat(0x10000)}\r\n`
    const answer = await exchange([head('Transfer-Encoding: chunked'), ...Array.from({ length: 20 }, () => chunk)])
    expect(answer).to.match(/^HTTP\/1\.1 413 /)
    expect(await site().amounts()).to.deep.equal(before)
  })

  it('a length over the limit is refused before a byte of it is sent', async () => {
    expect(await exchange(head(`Content-Length: ${5 * mebibyte}`))).to.match(/^HTTP\/1\.1 413 /)
  })

  it('a sender who is not known is not listened to', async () => {
    const answer = await exchange(head(`Content-Length: ${5 * mebibyte}`).replace(/Bearer \S+/, 'Bearer x'))
    expect(answer).to.match(/^HTTP\/1\.1 401 /)
  })

  it('a body cut off leaves nothing', async () => {
    const before = await site().amounts()
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    await new Promise<void>((resolve) => socket.write(`${head('Content-Length: 30')}{"trigger_data"`, () => resolve()))
    socket.destroy()
    await client().get('/executions?limit=1').expect(200)
    expect(await site().amounts()).to.deep.equal(before)
  })
})
