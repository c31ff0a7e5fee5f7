import { type ClientBase } from 'pg'
import { jsonObject, type StreamHead } from './metadata'
import { isMetastream, noEvents } from './model'

type HeadRow = readonly [stream: string, revision: string | null, isJson: boolean | null, data: Uint8Array | null]

const headsSql = `
  select wanted.stream, head.revision, head.is_json, head.data
  from unnest($1::text[]) as wanted (stream)
  left join lateral (
    select revision, is_json, case when event_log.stream like '$$%' then data end as data
    from event_log where event_log.stream = wanted.stream order by revision desc limit 1
  ) as head on true`

const headOf = ([stream, revision, isJson, data]: HeadRow): StreamHead => {
  const newest = isMetastream(stream) && data !== null ? jsonObject({ isJson: isJson === true, data }) : undefined
  return { revision: revision === null ? noEvents : BigInt(revision), ...(newest === undefined ? {} : { newest }) }
}

type Query = Pick<ClientBase, 'query'>

export const loadHeads = async (
  db: Query,
  streams: ReadonlyArray<string>,
): Promise<ReadonlyMap<string, StreamHead>> => {
  if (streams.length === 0) return new Map()
  const { rows } = await db.query<HeadRow[]>({ name: 'heads', text: headsSql, values: [streams], rowMode: 'array' })
  return new Map((rows as unknown as ReadonlyArray<HeadRow>).map((row) => [row[0], headOf(row)]))
}

export interface HeadCache {
  readonly get: (stream: string) => StreamHead | undefined
  readonly set: (stream: string, head: StreamHead) => void
  readonly clear: () => void
}

/** The least recently used go first. Heads with large metadata are not kept at all, which bounds the bytes as well. */
export const createHeadCache = (limit: number): HeadCache => {
  const heads = new Map<string, StreamHead>()
  return {
    get: (stream) => {
      const head = heads.get(stream)
      if (head === undefined) return undefined
      heads.delete(stream)
      heads.set(stream, head)
      return head
    },
    set: (stream, head) => {
      heads.delete(stream)
      if (head.newest !== undefined && Object.keys(head.newest).some((key) => !key.startsWith('$'))) return
      heads.set(stream, head)
      const oldest = heads.keys().next()
      if (heads.size > limit && oldest.done !== true) heads.delete(oldest.value)
    },
    clear: () => {
      heads.clear()
    },
  }
}
