import type { Position, SubscriptionStart } from '../domain/event-store'

/** Another process holds the checkpoint now; this one must not write. */
export type SomeoneAhead = { readonly _tag: 'SomeoneAhead' }
/** The lease could not be renewed in time: another may hold the checkpoint by now. */
export type LeaseOver = { readonly _tag: 'LeaseOver' }
/** It stands before where this process left it: what was lost with it has to be done again. */
export type SetBack = { readonly _tag: 'SetBack' }
/** It counts for rows of another shape. */
export type VersionMismatch = { readonly _tag: 'VersionMismatch'; readonly stored: number; readonly ours: number }
export type CheckpointRefusal = SomeoneAhead | LeaseOver | SetBack | VersionMismatch

export type CheckpointRefused = Error & { readonly refusal: CheckpointRefusal }

const reasonOf = (refusal: CheckpointRefusal): string => {
  switch (refusal._tag) {
    case 'SomeoneAhead':
      return 'another process has taken the checkpoint over'
    case 'LeaseOver':
      return 'the lease could not be renewed in time'
    case 'SetBack':
      return 'the checkpoint was set back'
    case 'VersionMismatch':
      return `the checkpoint is of version ${refusal.stored}, this program of version ${refusal.ours}`
  }
}

export const checkpointRefused = (name: string, refusal: CheckpointRefusal): CheckpointRefused =>
  Object.assign(new Error(`${name}: ${reasonOf(refusal)}`), { refusal })

export const isCheckpointRefused = (error: unknown): error is CheckpointRefused =>
  error instanceof Error && 'refusal' in error

/** The right to read on from a checkpoint: one process has it at a time, and only while it goes on renewing it. */
export type Lease = {
  /** Where to go on, when it is free or has run out; `undefined` while another has it. Who had it before can move the checkpoint no more. */
  readonly take: () => Promise<SubscriptionStart | undefined>
  /** May be called often; costs something now and then. Rejects with CheckpointRefused when it is another's. */
  readonly renew: () => Promise<void>
  /** So that another need not wait until it has run out. */
  readonly release: () => Promise<void>
  /** By the clock of this process: false too when the database has been silent for long. */
  readonly isHeld: () => boolean
}

/** How far one consumer has read. */
export type Checkpoint = Lease & {
  /** For consumers whose effect is elsewhere: before each effect. Throws CheckpointRefused when the lease is over. */
  readonly ensureHeld: () => void
  /** For the same, after the effect, which may then happen again: the position is kept with the next renewal or the release. */
  readonly saveSoon: (position: Position) => void
}
