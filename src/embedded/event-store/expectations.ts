import { type Expected, noEvents } from './model'

/** What the log knows about a stream and about the ids in a write. */
export interface StreamFacts {
  /** The last revision, -1 when the stream has no event. */
  readonly current: bigint
  readonly hasMetadata: boolean
  readonly softDeleted: boolean
  readonly tombstoned: boolean
  /** The first revision at which this id stands in the stream. */
  readonly revisionOf: (id: string) => bigint | undefined
  readonly idAt: (revision: bigint) => string | undefined
}

export type Verdict =
  | { readonly _tag: 'Write' }
  | { readonly _tag: 'AlreadyWritten'; readonly revision: bigint }
  | { readonly _tag: 'WrongExpectedVersion' }
  | { readonly _tag: 'StreamDeleted' }

const write: Verdict = { _tag: 'Write' }
const wrongExpectedVersion: Verdict = { _tag: 'WrongExpectedVersion' }
const streamDeleted: Verdict = { _tag: 'StreamDeleted' }

const judgeAny = (ids: ReadonlyArray<string>, facts: StreamFacts): Verdict => {
  const known = ids.map(facts.revisionOf)
  const last = known.at(-1)
  if (known[0] === undefined) return write
  return last !== undefined && !known.includes(undefined)
    ? { _tag: 'AlreadyWritten', revision: last }
    : wrongExpectedVersion
}

const judgeExact = (expected: bigint, ids: ReadonlyArray<string>, facts: StreamFacts): Verdict => {
  if (expected === facts.current) return write
  if (expected > facts.current || ids.length === 0) return wrongExpectedVersion
  const matches = ids.map((id, index) => facts.idAt(expected + 1n + BigInt(index)) === id)
  if (!matches.includes(false)) return { _tag: 'AlreadyWritten', revision: expected + BigInt(ids.length) }
  return matches[0] === false && expected === noEvents && facts.softDeleted ? write : wrongExpectedVersion
}

/** Whether a write of these ids may happen: the decision table of EventStoreDB for expected revisions and repeats. */
export const judge = (expected: Expected, ids: ReadonlyArray<string>, facts: StreamFacts): Verdict => {
  if (facts.tombstoned) return streamDeleted
  switch (expected) {
    case 'any':
      return judgeAny(ids, facts)
    case 'exists':
      if (facts.softDeleted) return streamDeleted
      if (facts.current === noEvents && !facts.hasMetadata) return wrongExpectedVersion
      return judgeAny(ids, facts)
    case 'no_stream':
      return judgeExact(noEvents, ids, facts)
  }
  return judgeExact(expected, ids, facts)
}
