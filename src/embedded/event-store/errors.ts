import { Metadata, status } from '@grpc/grpc-js'
import { type Expected } from './model'

/** What a gRPC call ends with. The client picks its error class from the trailer `exception`. */
export interface CallError extends Error {
  readonly code: status
  readonly details: string
  readonly metadata: Metadata
}

/** Trailers must be printable ASCII. */
const printable = (value: string): string => value.replace(/[^\x20-\x7e]/gu, encodeURIComponent)

const callError = (code: status, details: string, trailers: Readonly<Record<string, string>> = {}): CallError => {
  const metadata = new Metadata()
  for (const [key, value] of Object.entries(trailers)) metadata.set(key, printable(value))
  return Object.assign(new Error(details), { code, details: printable(details), metadata })
}

export const isCallError = (error: unknown): error is CallError =>
  error instanceof Error && 'metadata' in error && error.metadata instanceof Metadata

const expectedNumbers = { any: '-2', no_stream: '-1', exists: '-4' } as const

export const wrongExpectedVersion = (stream: string, expected: Expected, current: bigint): CallError =>
  callError(status.FAILED_PRECONDITION, `The stream ${stream} is not at the expected revision.`, {
    exception: 'wrong-expected-version',
    'stream-name': stream,
    'expected-version': typeof expected === 'bigint' ? String(expected) : expectedNumbers[expected],
    'actual-version': String(current),
  })

export const streamDeleted = (stream: string): CallError =>
  callError(status.FAILED_PRECONDITION, `The stream ${stream} is deleted.`, {
    exception: 'stream-deleted',
    'stream-name': stream,
  })

export const maximumAppendSizeExceeded = (limit: number): CallError =>
  callError(status.INVALID_ARGUMENT, `An append may hold ${limit} bytes of data at most.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': String(limit),
  })

export const missingEventProperty = (): CallError =>
  callError(status.INVALID_ARGUMENT, 'An event needs type and content-type.', {
    exception: 'missing-required-metadata-property',
    'required-metadata-properties': 'type,content-type',
  })

export const accessDenied = (): CallError =>
  callError(status.PERMISSION_DENIED, 'Writing to this stream is not allowed.', { exception: 'access-denied' })

export const invalidArgument = (details: string): CallError => callError(status.INVALID_ARGUMENT, details)

export const unavailable = (reason: string): CallError =>
  callError(status.UNAVAILABLE, `The event store cannot answer: ${reason}`)

/** The client reads ABORTED as a server time-out: the outcome of a write is unknown. */
export const timedOut = (): CallError => callError(status.ABORTED, 'The write was not confirmed in time.')

export const stopping = (): CallError => callError(status.CANCELLED, 'The event store is stopping.')

export const internal = (reason: string): CallError => callError(status.INTERNAL, reason)
