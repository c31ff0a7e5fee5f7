import { once } from 'node:events'
import {
  type ClientHttp2Session,
  connect,
  constants,
  createServer,
  type Http2Session,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import type { AddressInfo } from 'node:net'
import { executionStream } from '../../src/domain/execution'
import type { ExecutionId } from '../../src/domain/ids'

type Stream = ReturnType<typeof executionStream>

/** Says of an append to a run's stream whether it may go on. What may not hangs until its caller is gone. */
export type Gate = {
  /** Before the store has it. */
  readonly asked: (stream: Stream) => Promise<boolean>
  /** When the store has answered, before the caller hears of it. */
  readonly answered: (stream: Stream) => Promise<boolean>
}

export type AppendGate = { readonly url: string; readonly stop: () => Promise<void> }

const appendPath = '/event_store.client.streams.Streams/Append'

const forever = new Promise<never>(() => undefined)

const streamIn = (body: Buffer): Stream | undefined => {
  const id = /execution-([0-9a-f-]{36})/.exec(body.toString('latin1'))?.[1]
  return id === undefined ? undefined : executionStream(id as ExecutionId)
}

const bodyOf = async (client: ServerHttp2Stream): Promise<Buffer> => {
  const chunks: Buffer[] = []
  for await (const chunk of client) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

const call = async (gate: Gate, store: ClientHttp2Session, client: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
  const body = headers[':path'] === appendPath ? await bodyOf(client) : undefined
  const stream = body === undefined ? undefined : streamIn(body)
  if (stream !== undefined && !(await gate.asked(stream))) await forever
  const server = store.request(headers)
  let trailers: IncomingHttpHeaders = {}
  server.on('trailers', (these: IncomingHttpHeaders) => (trailers = these))
  server.on('error', () => client.close(constants.NGHTTP2_INTERNAL_ERROR))
  client.on('close', () => server.close(constants.NGHTTP2_CANCEL))
  client.on('wantTrailers', () => client.sendTrailers(trailers))
  if (body === undefined) client.pipe(server)
  else server.end(body)
  const [answer, flags] = (await once(server, 'response')) as [IncomingHttpHeaders, number]
  if (stream !== undefined && !(await gate.answered(stream))) await forever
  if (client.destroyed) return
  const isAll = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0
  client.respond(answer, { endStream: isAll, waitForTrailers: !isAll })
  if (!isAll) server.pipe(client)
}

/** Stands between a process and the event store at `url`, and lets each append to a run's stream through as the gate says. */
export const startAppendGate = async (url: string, gate: Gate): Promise<AppendGate> => {
  const sessions = new Set<Http2Session>()
  const keep = (session: Http2Session) => {
    sessions.add(session)
    session.on('error', () => undefined).on('close', () => sessions.delete(session))
  }
  const listener = createServer()
  listener.on('session', (session: ServerHttp2Session) => {
    const store = connect(url.replace(/^esdb:/, 'http:').replace(/\?.*/, ''))
    keep(session)
    keep(store)
    session.on('close', () => store.destroy())
    store.on('close', () => session.destroy())
    session.on('stream', (client, headers) => {
      client.on('error', () => undefined)
      call(gate, store, client, headers).catch(() => client.close(constants.NGHTTP2_INTERNAL_ERROR))
    })
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as AddressInfo
  return {
    url: `esdb://127.0.0.1:${port}?tls=false`,
    stop: async () => {
      for (const session of sessions) session.destroy()
      await new Promise((resolve) => listener.close(resolve))
    },
  }
}
