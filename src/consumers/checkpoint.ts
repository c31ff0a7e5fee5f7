import type { Position, SubscriptionStart } from '../domain/event-store'

/** Another process holds the checkpoint now; this one must not write. */
export type SomeoneAhead = { readonly _tag: 'SomeoneAhead' }
/** It stands before where this process left it: what was lost with it has to be done again. */
export type SetBack = { readonly _tag: 'SetBack' }
/** It counts for rows of another shape. */
export type VersionMismatch = { readonly _tag: 'VersionMismatch'; readonly stored: number; readonly ours: number }
export type CheckpointRefusal = SomeoneAhead | SetBack | VersionMismatch

export type CheckpointRefused = Error & { readonly refusal: CheckpointRefusal }

const reasonOf = (refusal: CheckpointRefusal): string => {
  switch (refusal._tag) {
    case 'SomeoneAhead':
      return 'another process has taken the checkpoint over'
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

/** How far one consumer has read. Its holder is the last that took it over. */
export type Checkpoint = {
  /** Where to go on. Who held it before can move it no more. */
  readonly takeOver: () => Promise<SubscriptionStart>
  /** For consumers whose effect is elsewhere: after the effect, which may then happen again. Rejects with CheckpointRefused. */
  readonly save: (position: Position) => Promise<void>
}
