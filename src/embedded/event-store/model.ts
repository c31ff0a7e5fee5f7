/** `any`, `exists`, `no_stream`, or the revision the stream must be at. */
export type Expected = 'any' | 'exists' | 'no_stream' | bigint

export interface ProposedEvent {
  readonly id: string
  readonly type: string
  readonly isJson: boolean
  readonly metadata: Uint8Array
  readonly data: Uint8Array
}

/** An event in the log. `created` counts 100 ns units since the Unix epoch. */
export interface EventRecord extends ProposedEvent {
  readonly position: bigint
  readonly stream: string
  readonly revision: bigint
  readonly created: bigint
}

export type Write =
  | {
      readonly _tag: 'Append'
      readonly stream: string
      readonly expected: Expected
      readonly events: ReadonlyArray<ProposedEvent>
    }
  | { readonly _tag: 'Delete'; readonly stream: string; readonly expected: Expected }
  | { readonly _tag: 'Tombstone'; readonly stream: string; readonly expected: Expected }

/** `revision` is -1 for a stream without events; no position: the original event cannot be read any more. */
export interface Written {
  readonly _tag: 'Written'
  readonly revision: bigint
  readonly position?: bigint
}

export type Refusal =
  { readonly _tag: 'WrongExpectedVersion'; readonly current: bigint } | { readonly _tag: 'StreamDeleted' }

/** The write did not happen, or (in flight when the database went away or the deadline passed) nobody knows yet. */
export type Failure =
  | { readonly _tag: 'Unavailable'; readonly reason: string }
  | { readonly _tag: 'TimedOut' }
  | { readonly _tag: 'NotStorable'; readonly reason: string }

export type WriteOutcome = Written | Refusal
export type WriteResult = WriteOutcome | Failure

export const noEvents = -1n

/** The revision of `$streamDeleted`, and the `$tb` of a soft-deleted stream. */
export const endOfStream = 9223372036854775807n

const metastreamPrefix = '$$'

export const isMetastream = (stream: string): boolean => stream.startsWith(metastreamPrefix)

/** `$$X` for X, and X for `$$X`: what happens to one can depend on the other. */
export const partnerOf = (stream: string): string =>
  isMetastream(stream) ? stream.slice(metastreamPrefix.length) : metastreamPrefix + stream
