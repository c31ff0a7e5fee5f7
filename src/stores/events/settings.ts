import type { Backoff } from './backoff'
import type { Bounds } from './read-ahead'
import type { Patience } from './until-clear'

export type Settings = {
  readonly append: Patience
  readonly read: Patience
  readonly resubscribe: Backoff
  readonly readAhead: Bounds
  /** A connection that says nothing for the sum of both is given up: 15 s. The client warns below 10 s of interval. */
  readonly keepAliveIntervalMs: number
  readonly keepAliveTimeoutMs: number
}

export const defaults: Settings = {
  append: { attempts: 4, attemptMs: 3_000, totalMs: 10_000, backoff: { firstMs: 200, maxMs: 2_000 } },
  read: { attempts: 4, attemptMs: 5_000, totalMs: 10_000, backoff: { firstMs: 200, maxMs: 2_000 } },
  resubscribe: { firstMs: 100, maxMs: 10_000 },
  readAhead: { events: 8_192, bytes: 8 * 1_048_576 },
  keepAliveIntervalMs: 10_000,
  keepAliveTimeoutMs: 5_000,
}

export type Options = {
  /** `esdb://[user:password@]host:port[,host:port]?tls=false` */
  readonly url: string
  readonly timeouts?: Partial<Settings>
  readonly log?: { readonly warn: (fields: object, message: string) => void }
  /** Called when the store begins or ceases to answer. */
  readonly onHealth?: (healthy: boolean, reason: string) => void
}

/** Ours come last and win: the client reports revision 1 for every conflict when told not to throw. */
export const connectionString = (url: string, s: Settings, generation: number): string => {
  const base = url.trim().replace(/\/+$/, '')
  const keepAlive = `keepAliveInterval=${s.keepAliveIntervalMs}&keepAliveTimeout=${s.keepAliveTimeoutMs + (generation % 1000)}`
  return `${base}${base.includes('?') ? '&' : '?'}${keepAlive}&throwOnAppendFailure=true`
}
