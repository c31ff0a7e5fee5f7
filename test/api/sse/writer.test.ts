import { createServer, get, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect } from 'chai'
import express from 'express'
import { type Writer, writerTo } from '../../../src/api/sse/writer'
import { until } from '../../support/until'

const block = 'x'.repeat(1_048_576)

describe('writing to a client', () => {
  let server: Server
  afterEach(async () => {
    const stopped = new Promise((resolve) => server.close(resolve))
    server.closeAllConnections()
    await stopped
  })

  /** A server that writes with the given patience, and a client that has its headers. */
  const meet = async (
    stallMs: number,
    work: (writer: Writer) => Promise<void>,
    heartbeatMs = 60_000,
    over = new AbortController(),
  ) => {
    const state = { closed: false, isFull: () => false, beatsIntoFullLine: 0 }
    const app = express().get('/', async (_, res) => {
      res.on('close', () => (state.closed = true))
      state.isFull = () => res.writableNeedDrain
      res.flushHeaders()
      const heartbeat = () => {
        if (state.isFull()) state.beatsIntoFullLine += 1
        return ': heartbeat\n'
      }
      const writer = writerTo(res, { heartbeatMs, stallMs, heartbeat, over: over.signal })
      await work(writer)
      writer.stop()
      res.end()
    })
    server = createServer(app)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' }, resolve).on('error', reject)
    })
    answer.on('error', () => undefined)
    return { answer, state }
  }

  const hundred = (count: () => void) => async (writer: Writer) => {
    for (let i = 0; i < 100; i++) {
      await writer.write(block)
      count()
    }
  }

  it('stops while he takes nothing, cuts him off in time, and leaves nobody waiting', async () => {
    let written = 0
    let over = false
    const { answer, state } = await meet(
      300,
      async (writer) => {
        await hundred(() => (written += 1))(writer)
        over = true
      },
      20,
    )
    answer.pause()
    await until(() => written > 0)
    const before = () => (state.closed ? 0 : written)
    let most = 0
    await until(() => {
      most = Math.max(most, before())
      return state.closed
    })
    expect(most).to.be.within(1, 50)
    await until(() => over)
    expect(state.beatsIntoFullLine).to.equal(0)
  })

  it('lets go of him when told to stop', async () => {
    const over = new AbortController()
    let ended = false
    const { answer, state } = await meet(
      60_000,
      async (writer) => {
        for (let i = 0; i < 100 && !over.signal.aborted; i++) await writer.write(block)
        ended = true
      },
      60_000,
      over,
    )
    answer.pause()
    await until(state.isFull)
    over.abort()
    await until(() => ended)
    expect(state.closed).to.equal(false)
    answer.destroy()
  })

  it('goes on as long as he takes something', async () => {
    let bytes = 0
    const { answer } = await meet(
      1_000,
      hundred(() => undefined),
    )
    answer.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      answer.pause()
      setImmediate(() => answer.resume())
    })
    // Complete is the answer before its last part was handed over.
    await until(() => answer.readableEnded, 9_000)
    expect(bytes).to.equal(100 * block.length)
  })

  it('beats only when silent', async () => {
    const heard: string[] = []
    let written = 0
    const { answer } = await meet(
      60_000,
      async (writer) => {
        for (const end = performance.now() + 500; performance.now() < end; written += 1) {
          await writer.write('data\n')
          await nextTurn()
        }
        await writer.write('quiet\n')
        await until(() => heard.join('').split('heartbeat').length > 2)
      },
      200,
    )
    answer.on('data', (chunk: Buffer) => heard.push(chunk.toString()))
    await until(() => answer.complete)
    expect(heard.join('')).to.equal(`${'data\n'.repeat(written)}quiet\n: heartbeat\n: heartbeat\n`)
  })
})
