import pino, { type Logger } from 'pino'

/** What may never be printed, wherever it stands. */
const redacted = ['authorization', 'password', 'secret', 'token', 'api_key'].flatMap((key) => [
  key,
  `*.${key}`,
  `*.*.${key}`,
])

/** JSON lines on standard output. */
export const logger = (name: string, level: string): Logger =>
  pino({ name, level, redact: { paths: redacted, censor: '[redacted]' } })
