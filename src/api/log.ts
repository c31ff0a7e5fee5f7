import type { Logger } from 'pino'
import { redacted } from '../domain/redaction'
import type { Trace } from './context'
import type { ApiError } from './error'
import { problemOf } from './problem/problem'
import { problemTexts } from './problem/texts'

/** What the API says of itself: never a header, a body or a token. */
export type Log = {
  readonly refused: (trace: Trace, error: ApiError) => void
  readonly answered: (
    trace: Trace,
    fields: { readonly method: string; readonly path: string; readonly status: number; readonly ms: number },
  ) => void
  readonly failed: (trace: Trace, error: unknown) => void
}

const reasonOf = (error: ApiError): string | undefined => ('reason' in error ? error.reason : undefined)

export const apiLog = (logger: Logger): Log => ({
  refused: ({ correlationId }, error) => {
    const { status } = problemTexts[problemOf(error).code]
    const fields = { correlation_id: correlationId, error: error._tag, reason: reasonOf(error) }
    if (status >= 500) logger.error(fields, 'request not served')
    else logger.debug(fields, 'request refused')
  },
  answered: ({ correlationId }, { path, ...fields }) =>
    logger.info({ correlation_id: correlationId, path: redacted(path), ...fields }, 'request'),
  failed: ({ correlationId }, error) => logger.error({ correlation_id: correlationId, err: error }, 'request failed'),
})
