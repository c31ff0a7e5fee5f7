import { type UUID } from '@eventstore/db-client/generated/shared_pb'
import { type BatchAppendReq } from '@eventstore/db-client/generated/streams_pb'
import { writeTimeoutMs } from './deadline'
import { expectedOf } from './expected'
import { type Expected, type ProposedEvent } from './model'
import { writableStreamOf } from './wire'

/** An append of which the final chunk has not come yet. */
export interface OpenAppend {
  readonly correlationId: UUID
  readonly stream: string
  readonly expected: Expected
  readonly deadline: number
  readonly events: ProposedEvent[]
  bytes: number
  timer: NodeJS.Timeout | undefined
}

/** The final chunk must come within this time, or within the deadline when that is shorter. */
export const chunkTimeoutMs = 2000

const deadlineOf = (options: BatchAppendReq.Options): number => {
  const latest = Date.now() + writeTimeoutMs
  return Math.min(options.getDeadline()?.toDate().getTime() ?? latest, latest)
}

export const openAppend = (correlationId: UUID, options: BatchAppendReq.Options): OpenAppend => ({
  correlationId,
  stream: writableStreamOf(options.getStreamIdentifier()),
  expected: expectedOf(options, options.hasStreamPosition() ? options.getStreamPosition() : undefined),
  deadline: deadlineOf(options),
  events: [],
  bytes: 0,
  timer: undefined,
})
