const sqlStates = [
  /^08/, // connection
  /^40(001|P01)$/, // serialization, deadlock
  /^53/, // disk, memory or connections exhausted
  /^57(014|P0\d)$/, // canceled, shutting down, crashed, starting
  /^25P0[34]$/, // idle for too long in a transaction, or too long a transaction
  /^55P03$/, // lock not available
  /^58/, // the server's own trouble with its files
  /^25006$/, // read-only for now
]

const systemCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
])

/** What pg, knex and ioredis say without a code. */
const sayings = [
  /Connection terminated/,
  /connection error and is not queryable/,
  /Client was closed/,
  /Timeout acquiring a connection/,
  /timeout exceeded when trying to connect/,
  /timeout expired$/,
  /Query read timeout/,
  /Connection is closed/,
  /Stream isn't writeable/,
  /Command timed out/,
  /max retries per request/,
  /^(LOADING|READONLY|MASTERDOWN|TRYAGAIN|CLUSTERDOWN|BUSY|OOM) /,
]

const mark = Symbol('transient')

/** An error that the same work may not meet next time. */
export const transient = (reason: string, cause?: unknown): Error =>
  Object.assign(new Error(reason, { cause }), { [mark]: true })

/** Whether trying the same again may work: PostgreSQL, Redis or the event store away or overloaded, or a deadlock. */
export const isTransient = (error: unknown): boolean => {
  if (error instanceof AggregateError) return error.errors.some(isTransient)
  if (!(error instanceof Error)) return false
  if (mark in error) return true
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return (
    systemCodes.has(code) ||
    sqlStates.some((state) => state.test(code)) ||
    sayings.some((saying) => saying.test(error.message))
  )
}
