import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { expect } from 'chai'
import { type FaultProxy, startFaultProxy } from './fault-proxy'
import { until } from './until'

type Caller = { readonly socket: Socket; readonly heard: () => string; readonly closed: () => string | undefined }

const call = (port: number): Caller => {
  let heard = ''
  let closed: string | undefined
  const socket = connect({ port, host: '127.0.0.1' })
  socket.on('data', (chunk) => (heard += chunk.toString('latin1')))
  socket.on('error', (error: NodeJS.ErrnoException) => (closed = error.code))
  socket.on('close', () => (closed ??= 'closed'))
  return { socket, heard: () => heard, closed: () => closed }
}

describe('Fault proxy', () => {
  let echo: Server
  let proxy: FaultProxy
  let received = ''
  const callers: Caller[] = []
  const caller = () => {
    const one = call(proxy.port)
    callers.push(one)
    return one
  }
  const quiet = () => new Promise((resolve) => setTimeout(resolve, 60))

  beforeEach(async () => {
    received = ''
    echo = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.on('data', (chunk) => {
        received += chunk.toString('latin1')
        socket.write(chunk)
      })
    })
    await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve))
    proxy = await startFaultProxy({ host: '127.0.0.1', port: (echo.address() as AddressInfo).port })
  })

  afterEach(async () => {
    for (const { socket } of callers.splice(0)) socket.destroy()
    await proxy.stop()
    await new Promise((resolve) => echo.close(resolve))
  })

  it('passes both ways and counts', async () => {
    const { socket, heard } = caller()
    socket.write('hello')
    await until(() => heard() === 'hello')
    expect(proxy.open()).to.equal(1)
    expect([proxy.forwarded('requests'), proxy.forwarded('answers')]).to.deep.equal([5, 5])
    socket.end()
    await until(() => proxy.open() === 0)
  })

  it('cuts what is open and what comes', async () => {
    const { socket, heard, closed } = caller()
    socket.write('a')
    await until(() => heard() === 'a')
    await proxy.set('cut')
    await until(() => closed() !== undefined)
    const later = caller()
    await until(() => later.closed() !== undefined)
    await proxy.set('pass')
    const again = caller()
    again.socket.write('b')
    await until(() => again.heard() === 'b')
  })

  it('refuses, and listens again on the same port', async () => {
    await proxy.set('refuse')
    const refused = caller()
    await until(() => refused.closed() === 'ECONNREFUSED')
    await proxy.set('pass')
    const { socket, heard } = caller()
    socket.write('a')
    await until(() => heard() === 'a')
  })

  it('stalls, and lets what it held flow on', async () => {
    await proxy.set('stall')
    const { socket, heard, closed } = caller()
    socket.write('held')
    await quiet()
    expect([received, closed()]).to.deep.equal(['', undefined])
    await proxy.set('pass')
    await until(() => heard() === 'held')
  })

  it('holds one direction only', async () => {
    const { socket, heard } = caller()
    await proxy.set('hold-answers')
    socket.write('one')
    await until(() => received === 'one')
    await quiet()
    expect(heard()).to.equal('')
    await proxy.set('hold-requests')
    await until(() => heard() === 'one')
    socket.write('two')
    await quiet()
    expect(received).to.equal('one')
    await proxy.set('pass')
    await until(() => heard() === 'onetwo')
  })

  it('freezes a connection for good, without a close, while new ones pass', async () => {
    const frozen = caller()
    frozen.socket.write('a')
    await until(() => frozen.heard() === 'a')
    proxy.freeze()
    await proxy.set('pass')
    frozen.socket.write('b')
    const fresh = caller()
    fresh.socket.write('c')
    await until(() => fresh.heard() === 'c')
    await quiet()
    expect([frozen.heard(), frozen.closed(), received]).to.deep.equal(['a', undefined, 'ac'])
  })

  it('delays, in order', async () => {
    await proxy.set({ delayMs: 40 })
    const { socket, heard } = caller()
    const began = performance.now()
    socket.write('a')
    await until(() => received === 'a')
    socket.write('b')
    await until(() => heard() === 'ab')
    expect(performance.now() - began).to.be.greaterThan(79)
  })

  it('cuts after so many bytes', async () => {
    const { socket, heard, closed } = caller()
    proxy.cutAfter(3, 'answers')
    socket.write('abcdef')
    await until(() => closed() !== undefined)
    expect(heard()).to.equal('abc')
    const next = caller()
    next.socket.write('abcdef')
    await until(() => next.heard() === 'abcdef')
  })
})
