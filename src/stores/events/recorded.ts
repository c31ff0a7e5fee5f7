import type { EventId } from '../../domain/ids'
import type { Position, Recorded, StreamName } from '../../domain/event-store'
import { revision } from '../../domain/position'

/** An event as the client gives it. Malformed JSON comes as text, binary as bytes. */
export type Raw = {
  readonly id: string
  readonly streamId: string
  readonly type: string
  readonly revision: bigint
  readonly position?: Position
  readonly created: Date
  readonly isJson: boolean
  readonly data: unknown
  readonly metadata?: unknown
}

const noPosition: Position = { commit: 0n, prepare: 0n }

export const recorded = (raw: Raw): Recorded => ({
  id: raw.id as EventId,
  stream: raw.streamId as StreamName,
  type: raw.type,
  revision: revision(raw.revision),
  position: raw.position === undefined ? noPosition : { commit: raw.position.commit, prepare: raw.position.prepare },
  created: raw.created,
  data: raw.isJson && typeof raw.data !== 'string' ? raw.data : undefined,
  metadata: raw.metadata instanceof Uint8Array ? undefined : raw.metadata,
})
