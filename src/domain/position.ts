import * as E from 'fp-ts/Either'
import type { Position, Revision, StreamName } from './event-store'

export const revision = (n: bigint): Revision => n as Revision
export const streamName = (category: string, id: string): StreamName => `${category}-${id}` as StreamName

const decimal = /^(0|[1-9]\d{0,19})$/

export const parseRevision = (text: string): E.Either<string, Revision> =>
  decimal.test(text) && BigInt(text) <= 9223372036854775807n
    ? E.right(revision(BigInt(text)))
    : E.left('must be a revision: a whole number from 0')

/** `<commit>/<prepare>` */
export const formatPosition = (p: Position): string => `${p.commit}/${p.prepare}`

export const parsePosition = (text: string): E.Either<string, Position> => {
  const [commit, prepare, ...more] = text.split('/')
  return commit !== undefined &&
    prepare !== undefined &&
    more.length === 0 &&
    decimal.test(commit) &&
    decimal.test(prepare)
    ? E.right({ commit: BigInt(commit), prepare: BigInt(prepare) })
    : E.left('must be a position: <commit>/<prepare>')
}

export const comparePositions = (a: Position, b: Position): -1 | 0 | 1 => {
  const by = a.commit === b.commit ? a.prepare - b.prepare : a.commit - b.commit
  return by < 0n ? -1 : by > 0n ? 1 : 0
}
