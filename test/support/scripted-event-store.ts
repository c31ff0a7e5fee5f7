import { randomUUID } from 'node:crypto'
import {
  Metadata,
  Server,
  ServerCredentials,
  type sendUnaryData,
  type ServerReadableStream,
  type ServerWritableStream,
  type status,
} from '@grpc/grpc-js'
import { ServerFeaturesService } from '@eventstore/db-client/generated/serverfeatures_grpc_pb'
import { SupportedMethod, SupportedMethods } from '@eventstore/db-client/generated/serverfeatures_pb'
import { Empty, StreamIdentifier, UUID } from '@eventstore/db-client/generated/shared_pb'
import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb'
import { type AppendReq, AppendResp, ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb'

const octets = (text: string) => Buffer.from(text, 'utf8')
const textOf = (bytes: Uint8Array | string): string =>
  Buffer.from(bytes as string, typeof bytes === 'string' ? 'base64' : undefined).toString('utf8')
const streamId = (stream: string) => new StreamIdentifier().setStreamName(octets(stream))
const failure = (code: status, details: string, trailers: Record<string, string>) => {
  const metadata = new Metadata()
  for (const [key, value] of Object.entries(trailers)) metadata.set(key, value)
  return { code, details, metadata }
}

export type ScriptedEvent = {
  readonly stream?: string
  readonly revision?: number
  readonly position: bigint
  readonly id?: string
  readonly data?: string
  readonly contentType?: string
  readonly metadata?: string
}

const eventMessage = (event: ScriptedEvent): ReadResp => {
  const recorded = new ReadResp.ReadEvent.RecordedEvent()
    .setId(new UUID().setString(event.id ?? randomUUID()))
    .setStreamIdentifier(streamId(event.stream ?? 'test-1'))
    .setStreamRevision(String(event.revision ?? event.position))
    .setPreparePosition(String(event.position))
    .setCommitPosition(String(event.position))
    .setCustomMetadata(octets(event.metadata ?? '{}'))
    .setData(octets(event.data ?? '{}'))
  recorded
    .getMetadataMap()
    .set('type', 'Scripted')
    .set('content-type', event.contentType ?? 'application/json')
    .set('created', '17000000000000000')
  return new ReadResp().setEvent(new ReadResp.ReadEvent().setEvent(recorded).setCommitPosition(String(event.position)))
}

export type AppendCall = {
  readonly stream: string
  readonly expected: string
  readonly events: ReadonlyArray<{ readonly id: string; readonly bytes: string }>
  readonly succeed: (revision: bigint, position?: bigint) => void
  readonly conflict: (current: bigint | 'no_stream') => void
  readonly fail: (code: status, details: string, trailers?: Record<string, string>) => void
}

export type ReadCall = {
  readonly stream: string | undefined
  readonly subscription: boolean
  readonly backwards: boolean
  readonly from: string
  readonly prefixes: ReadonlyArray<string>
  readonly confirm: () => void
  /** False when the client reads no faster: back-pressure. */
  readonly event: (event: ScriptedEvent) => boolean
  readonly onDrain: (go: () => void) => void
  readonly checkpoint: (commit: bigint, prepare: bigint) => void
  readonly caughtUp: () => void
  readonly notFound: () => void
  readonly end: () => void
  readonly fail: (code: status, details: string, trailers?: Record<string, string>) => void
  readonly cancelled: () => boolean
}

/** What the server does with each call; a call it does nothing with is never answered. */
export type Script = {
  append: (call: AppendCall) => void
  read: (call: ReadCall) => void
}

export type ScriptedEventStore = {
  readonly url: string
  readonly port: number
  readonly script: Script
  readonly appends: ReadonlyArray<AppendCall>
  readonly reads: ReadonlyArray<ReadCall>
  readonly batches: () => number
  readonly openReads: () => number
  readonly stop: () => void
}

const appendCall = (messages: ReadonlyArray<AppendReq>, answer: sendUnaryData<AppendResp>): AppendCall => {
  const options = messages[0]?.getOptions()
  return {
    stream: textOf(options?.getStreamIdentifier()?.getStreamName() ?? ''),
    expected:
      options?.hasRevision() === true ? options.getRevision() : options?.hasNoStream() === true ? 'no_stream' : 'any',
    events: messages.flatMap((message) => {
      const event = message.getProposedMessage()
      return event === undefined
        ? []
        : [{ id: event.getId()?.getString() ?? '', bytes: Buffer.from(message.serializeBinary()).toString('hex') }]
    }),
    succeed: (revision, position) => {
      const success = new AppendResp.Success().setCurrentRevision(String(revision))
      if (position === undefined) success.setNoPosition(new Empty())
      else
        success.setPosition(
          new AppendResp.Position().setCommitPosition(String(position)).setPreparePosition(String(position)),
        )
      answer(null, new AppendResp().setSuccess(success))
    },
    conflict: (current) => {
      const wrong = new AppendResp.WrongExpectedVersion().setExpectedNoStream(new Empty())
      if (current === 'no_stream') wrong.setCurrentNoStream(new Empty())
      else wrong.setCurrentRevision(String(current))
      answer(null, new AppendResp().setWrongExpectedVersion(wrong))
    },
    fail: (code, details, trailers = {}) => answer(failure(code, details, trailers)),
  }
}

const readCall = (call: ServerWritableStream<ReadReq, ReadResp>): ReadCall => {
  const options = call.request.getOptions()
  const at = options?.getAll()?.getPosition()?.getCommitPosition() ?? options?.getStream()?.getRevision()
  const stream = options?.getStream()?.getStreamIdentifier()?.getStreamName()
  return {
    stream: stream === undefined ? undefined : textOf(stream),
    subscription: options?.hasSubscription() ?? false,
    backwards: options?.getReadDirection() === ReadReq.Options.ReadDirection.BACKWARDS,
    from: at === undefined || at === '0' ? 'start' : at,
    prefixes: options?.getFilter()?.getStreamIdentifier()?.getPrefixList() ?? [],
    confirm: () =>
      call.write(
        new ReadResp().setConfirmation(new ReadResp.SubscriptionConfirmation().setSubscriptionId(randomUUID())),
      ),
    event: (event) => call.write(eventMessage(event)),
    onDrain: (go) => call.once('drain', go),
    checkpoint: (commit, prepare) =>
      call.write(
        new ReadResp().setCheckpoint(
          new ReadResp.Checkpoint().setCommitPosition(String(commit)).setPreparePosition(String(prepare)),
        ),
      ),
    caughtUp: () => call.write(new ReadResp().setCaughtUp(new ReadResp.CaughtUp())),
    notFound: () =>
      call.write(new ReadResp().setStreamNotFound(new ReadResp.StreamNotFound().setStreamIdentifier(streamId('gone')))),
    end: () => call.end(),
    fail: (code, details, trailers = {}) => call.emit('error', failure(code, details, trailers)),
    cancelled: () => call.cancelled,
  }
}

/** A server that speaks EventStoreDB's gRPC protocol and answers what the test tells it to, well-behaved or not. */
export const startScriptedEventStore = async (given: Partial<Script> = {}): Promise<ScriptedEventStore> => {
  const script: Script = { append: () => undefined, read: () => undefined, ...given }
  const appends: AppendCall[] = []
  const reads: ReadCall[] = []
  let batches = 0
  let openReads = 0
  const server = new Server({ 'grpc.max_receive_message_length': 17 * 1_048_576 })
  server.addService(ServerFeaturesService, {
    getSupportedMethods: (_: unknown, answer: sendUnaryData<SupportedMethods>) => {
      const batchAppend = new SupportedMethod()
        .setServiceName('event_store.client.streams.streams')
        .setMethodName('batchappend')
      answer(null, new SupportedMethods().setMethodsList([batchAppend]).setEventStoreServerVersion('23.10.5'))
    },
  })
  server.addService(StreamsService, {
    append: (call: ServerReadableStream<AppendReq, AppendResp>, answer: sendUnaryData<AppendResp>) => {
      const messages: AppendReq[] = []
      call.on('error', () => undefined)
      call.on('data', (message: AppendReq) => messages.push(message))
      call.on('end', () => {
        const one = appendCall(messages, answer)
        appends.push(one)
        script.append(one)
      })
    },
    batchAppend: () => (batches += 1),
    read: (call: ServerWritableStream<ReadReq, ReadResp>) => {
      openReads += 1
      let open = true
      const close = () => {
        if (open) openReads -= 1
        open = false
      }
      call.on('cancelled', close)
      call.on('finish', close)
      call.on('error', close)
      const one = readCall(call)
      reads.push(one)
      script.read(one)
    },
    delete: () => undefined,
    tombstone: () => undefined,
  })
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound)
      else reject(error)
    })
  })
  return {
    url: `esdb://127.0.0.1:${port}?tls=false`,
    port,
    script,
    appends,
    reads,
    batches: () => batches,
    openReads: () => openReads,
    stop: () => server.forceShutdown(),
  }
}
