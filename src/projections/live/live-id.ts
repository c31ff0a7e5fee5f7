import * as E from 'fp-ts/Either'

/** Place of a message in its run: `event` is the event's revision + 1 (Redis refuses 0-0), `n` counts the event's messages from 0. */
export type LiveId = { readonly event: bigint; readonly n: bigint }

export const beforeAll: LiveId = { event: 0n, n: 0n }

export const formatLiveId = ({ event, n }: LiveId): string => `${event}-${n}`

const shape = /^(0|[1-9]\d{0,19})-(0|[1-9]\d{0,19})$/
const u64 = 18446744073709551615n

export const parseLiveId = (text: string): E.Either<string, LiveId> => {
  const [, event, n] = shape.exec(text) ?? []
  if (event === undefined || n === undefined || BigInt(event) > u64 || BigInt(n) > u64)
    return E.left('must be the id of a message: <number>-<number>')
  return E.right({ event: BigInt(event), n: BigInt(n) })
}

export const isAfter = (a: LiveId, b: LiveId): boolean => a.event > b.event || (a.event === b.event && a.n > b.n)
