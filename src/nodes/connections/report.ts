import { messages } from '../../domain/messages'
import type { Connection, ReportConnection } from '../../domain/connection'
import { fault } from '../../domain/fault'
import type { Finding } from '../contract'

export type { Finding } from '../contract'

/** Faults of a step that lie in its connection, and stay until somebody does something about it: not in what it was used for, and not in passing. */
const ofConnections: ReadonlyArray<string> = [
  'delivery.destination_not_found',
  'delivery.smtp_auth_failed',
  'delivery.smtp_not_secure',
  'delivery.storage_write_denied',
  'permissions.address_not_allowed',
  'permissions.secret_unreadable',
  'permissions.token_expired',
  'permissions.token_revoked',
]

export const isOfConnection = (code: string): boolean => ofConnections.includes(code)

const isBlocking = ({ code, severity = messages[code].severity }: Finding): boolean => severity === 'blocking'

/** What a probe says of a connection: that it works, or the first thing that blocks. Undefined where all that it found may pass by itself. */
export const reportOf = (
  { version }: Connection,
  findings: ReadonlyArray<Finding>,
  now: string,
): ReportConnection | undefined => {
  const found = findings.find(isBlocking)
  if (found === undefined && findings.length > 0) return undefined
  return {
    type: 'ReportConnection',
    version,
    now,
    fault: found === undefined ? null : fault(found.code, found.params, found.tech),
  }
}
