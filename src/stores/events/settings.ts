import type { Backoff } from '../../domain/backoff'
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
  /** `esdb://[user:password@]host:port[,host:port]?tls=false`; a user is needed unless tls is false. */
  readonly url: string
  readonly timeouts?: Partial<Settings>
  readonly log?: { readonly warn: (fields: object, message: string) => void }
  /** Called when the store begins or ceases to answer. */
  readonly onHealth?: (healthy: boolean, reason: string) => void
}

/**
 * What is appended here wins over the same keys before it: the client reports revision 1 for every conflict when told not to throw.
 * grpc-js shares one connection, and its waiting time after failures, among channels of equal options; every generation has its own.
 */
export const connectionString = (url: string, settings: Settings, generation: number): string => {
  const base = url.trim().replace(/\/+$/, '')
  const ours = {
    keepAliveInterval: settings.keepAliveIntervalMs,
    keepAliveTimeout: settings.keepAliveTimeoutMs + (generation % 1000),
    throwOnAppendFailure: true,
  }
  const pairs = Object.entries(ours).map(([key, value]) => `${key}=${value}`)
  return `${base}${base.includes('?') ? '&' : '?'}${pairs.join('&')}`
}

export type Credentials = { readonly username: string; readonly password: string }

/**
 * Given with an append, they make the client use one call for it, with a deadline and errors of its own. Without them it sends all appends over one
 * shared stream, which has neither, hangs for good after an unexpected answer and can end the process. Not sent when tls is false.
 */
export const appendCredentials = (url: string): Credentials => {
  const user = /^[^:]+:\/\/([^:@/]+):([^@]+)@/.exec(url.trim())
  if (user?.[1] !== undefined && user[2] !== undefined)
    return { username: decodeURIComponent(user[1]), password: decodeURIComponent(user[2]) }
  if (/[?&]tls=false(&|$)/i.test(url.trim())) return { username: 'anybody', password: '' }
  throw new Error('The event store address needs a user unless tls=false: esdb://user:password@host:port')
}
