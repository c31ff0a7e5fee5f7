import { once } from 'node:events'
import { type sendUnaryData, type ServerDuplexStream, type ServerWritableStream } from '@grpc/grpc-js'
import { type CallError, internal, isCallError, stopping, unavailable } from './errors'
import { isRefusedStatement, reasonOf } from './database-errors'

/** Calls that are open, so that a stop can end them. */
export interface OpenCalls {
  readonly add: (end: (error: CallError) => void) => () => void
  readonly endAll: () => void
  readonly count: () => number
}

export const createOpenCalls = (): OpenCalls => {
  const open = new Set<(error: CallError) => void>()
  return {
    add: (end) => {
      open.add(end)
      return () => open.delete(end)
    },
    endAll: () => {
      for (const end of [...open]) end(stopping())
    },
    count: () => open.size,
  }
}

/** What went wrong in a read: a refused statement is a defect, everything else a database that is away. */
export const asCallError = (error: unknown): CallError => {
  if (isCallError(error)) return error
  return isRefusedStatement(error) || error instanceof TypeError
    ? internal(reasonOf(error))
    : unavailable(reasonOf(error))
}

type StreamingCall<Request, Response> = ServerWritableStream<Request, Response> | ServerDuplexStream<Request, Response>

export interface Reply<Response> {
  /** Returns a promise when the client has no room for more right now. */
  readonly send: (message: Response) => Promise<void> | undefined
  /** Resolves when the client has room for more. */
  readonly drained: () => Promise<void> | undefined
  /** Ends the call. */
  readonly fail: (error: unknown) => void
  /** Aborted when the client has gone or the server stops. */
  readonly over: AbortSignal
}

/** Made once: a reason with a stack of its own would cost more than a small read. */
const callOver = new Error('the call is over')

/** Runs a call that streams its answer, with back pressure, until it ends, fails or is cancelled. */
export const streamReply = <Request, Response>(
  calls: OpenCalls,
  call: StreamingCall<Request, Response>,
  handle: (reply: Reply<Response>) => Promise<void>,
): void => {
  const ended = new AbortController()
  const over = ended.signal
  let draining: Promise<void> | undefined

  const end = (error?: CallError) => {
    if (over.aborted) return
    ended.abort(callOver)
    if (error === undefined) call.end()
    else call.emit('error', error)
  }
  const fail = (error: unknown) => end(asCallError(error))
  const forget = calls.add(end)
  call.on('cancelled', () => ended.abort(callOver))
  call.on('close', () => ended.abort(callOver))

  const drain = async (): Promise<void> => {
    await once(call, 'drain', { signal: over })
    draining = undefined
  }
  const send = (message: Response): Promise<void> | undefined => {
    if (over.aborted || call.write(message)) return draining
    draining ??= drain()
    draining.catch(() => undefined)
    return draining
  }

  handle({ send, drained: () => draining, fail, over })
    .then(() => end(), fail)
    .finally(forget)
}

/** Runs a call with one answer, which comes exactly once. */
export const unaryReply = <Response>(
  calls: OpenCalls,
  answer: sendUnaryData<Response>,
  handle: () => Promise<Response>,
): void => {
  let answered = false
  const once = (error: CallError | null, response?: Response) => {
    if (answered) return
    answered = true
    forget()
    if (error === null) answer(null, response)
    else answer(error)
  }
  const forget = calls.add(once)
  handle().then(
    (response) => once(null, response),
    (error: unknown) => once(asCallError(error)),
  )
}
