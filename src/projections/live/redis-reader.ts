import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import type { Redis } from 'ioredis'
import type { ExecutionId } from '../../domain/ids'
import { streamKey } from './keys'
import { formatLiveId, type LiveId, parseLiveId } from './live-id'
import type { LiveFrame } from './message'
import { decodeMessage } from './schema'

/** `undefined` stands for an entry that is not one of ours. */
export type RedisPage = { readonly entries: ReadonlyArray<LiveFrame | undefined>; readonly full: boolean }

export type RedisReader = {
  /** The entries after `id`, or undefined when Redis does not answer. */
  readonly after: (execution: ExecutionId, id: LiveId) => Promise<RedisPage | undefined>
  readonly isUp: () => boolean
}

const page = 100
/** After a failure Redis is not asked again for so long: a server that only swallows would cost every reader its time-out. */
const restMs = 1_000

const fieldsOf = (flat: ReadonlyArray<string>): Readonly<Record<string, string>> =>
  Object.fromEntries(flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1] ?? '']] : [])))

const parseJson = (text: string): E.Either<unknown, unknown> => E.tryCatch(() => JSON.parse(text) as unknown, String)

const frameOf = ([id, flat]: readonly [string, ReadonlyArray<string>]): LiveFrame | undefined => {
  const { prev = '', json = '' } = fieldsOf(flat)
  return pipe(
    E.Do,
    E.bindW('id', () => parseLiveId(id)),
    E.bindW('prev', () => parseLiveId(prev)),
    E.bindW('message', () => pipe(parseJson(json), E.chainW(decodeMessage))),
    E.match(
      () => undefined,
      (frame) => frame,
    ),
  )
}

export const redisReader = (redis: Redis): RedisReader => {
  let restUntil = 0
  const isUp = () => redis.status === 'ready' && performance.now() >= restUntil
  return {
    isUp,
    after: async (execution, id) => {
      if (!isUp()) return undefined
      try {
        const entries = await redis.xrange(streamKey(execution), `(${formatLiveId(id)}`, '+', 'COUNT', page)
        return { entries: entries.map(frameOf), full: entries.length === page }
      } catch {
        restUntil = performance.now() + restMs
        return undefined
      }
    },
  }
}
