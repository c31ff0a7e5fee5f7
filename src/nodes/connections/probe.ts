import * as E from 'fp-ts/Either'
import type * as T from 'fp-ts/Task'
import type { Connection } from '../../domain/connection'
import type { SecretOutcome } from '../../stores/secrets/secret-store'
import type { Finding, ProbeDeps } from '../contract'
import { connectionMissing, secretUnreadable } from './findings'
import { connectionTypeOf } from './registry'

/** A probe and all that it waits for, ms. */
const longestMs = 3_000

const longestTech = 500

/** The findings of a probe that ends in time, else `late`; a probe that throws has not answered either. */
const inTime = async (
  probe: (signal: AbortSignal) => Promise<ReadonlyArray<Finding>>,
  unreachable: (tech: string) => Finding,
): Promise<ReadonlyArray<Finding>> => {
  const over = new AbortController()
  const probing = probe(over.signal).catch((error: unknown) => [unreachable(String(error).slice(0, longestTech))])
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<ReadonlyArray<Finding>>((resolve) => {
    timer = setTimeout(() => {
      resolve([unreachable(`no answer within ${longestMs} ms`)])
    }, longestMs)
  })
  try {
    return await Promise.race([probing, late])
  } finally {
    clearTimeout(timer)
    over.abort()
  }
}

/**
 * Connects and logs in as a step would, within 3 s, and leaves nothing. What is found is why steps that use the connection would fail: nothing when
 * it works. Codes: `permissions.connection_missing`, `permissions.secret_unreadable`, and those of the connection's type.
 */
export const probeConnection =
  (connection: Connection, secret: SecretOutcome, deps: Omit<ProbeDeps, 'signal'>): T.Task<ReadonlyArray<Finding>> =>
  () => {
    const { connectionType } = connection
    const type = connectionTypeOf(connectionType)
    if (type === undefined)
      return Promise.resolve([connectionMissing(connectionType, `no connection type ${connectionType}`)])
    if (E.isLeft(secret)) return Promise.resolve([secretUnreadable(type.provider, secret.left.reason)])
    return inTime((signal) => type.probe(connection, secret.right, { ...deps, signal })(), type.unreachable)
  }
