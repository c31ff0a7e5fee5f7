import { IntlMessageFormat } from 'intl-messageformat'
import type { RecommendedAction } from '../../domain/messages/actions'
import type { Locale } from '../../domain/messages/entry'
import { type Reader, techFor } from '../../domain/visibility'
import type { ApiError } from '../error'
import { adviceOn } from './advice'
import { problemOf } from './problem'
import { techOf } from './tech'
import { problemTexts } from './texts'

const compiled = new Map<string, IntlMessageFormat>()

const inText = (value: unknown): unknown => (Array.isArray(value) ? value.map(String).join(', ') : value)

const format = (pattern: string, locale: Locale, params: Readonly<Record<string, unknown>>): string => {
  const key = `${locale} ${pattern}`
  const known = compiled.get(key) ?? new IntlMessageFormat(pattern, locale)
  compiled.set(key, known)
  const values = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, inText(value)]))
  return String(known.format(values as Record<string, string>))
}

/** RFC 9457 problem details; `code` is stable, `title` and `detail` are in the reader's language, `message_tech` is in English and not for everyone. */
export type ProblemBody = {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly instance: string
  readonly code: string
  readonly message_tech: string | null
  readonly params: Readonly<Record<string, unknown>>
  readonly correlation_id: string
  readonly recommended_actions: ReadonlyArray<RecommendedAction>
}

export const renderProblem = (
  error: ApiError,
  reader: Reader,
  instance: string,
  correlationId: string,
): ProblemBody => {
  const { code, params, issues = [] } = problemOf(error)
  const { status, ...texts } = problemTexts[code]
  const values = params(reader)
  return {
    type: `urn:docg:problem:${code}`,
    title: texts[reader.locale].title,
    status,
    detail: format(texts[reader.locale].detail, reader.locale, values),
    instance,
    code,
    message_tech: techFor(reader, techOf(error)),
    params: values,
    correlation_id: correlationId,
    recommended_actions: adviceOn(code, issues, reader),
  }
}
