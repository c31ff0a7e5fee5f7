import pino, { type DestinationStream, type Logger } from 'pino'
import { redacted, secretKeys } from '../domain/redaction'

/** What may never be printed, whatever it is. */
const paths = secretKeys.flatMap((key) => [key, `*.${key}`, `*.*.${key}`])

/** JSON lines without secrets, on standard output unless said otherwise. */
export const logger = (name: string, level: string, output: DestinationStream = pino.destination(1)): Logger =>
  pino(
    { name, level, redact: { paths, censor: '***' }, hooks: { streamWrite: (line: string) => redacted(line) } },
    output,
  )
