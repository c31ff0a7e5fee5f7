import { IntlMessageFormat } from 'intl-messageformat'
import type { Locale } from '../../domain/catalogue/entry'
import { issueActions } from '../issue'
import type { RecommendedAction } from '../recommended-actions'
import type { Problem, Reader } from './problem'
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

/** RFC 9457 problem details; `code` is stable, `title` and `detail` are in the reader's language. */
export type ProblemBody = {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly instance: string
  readonly code: string
  readonly params: Readonly<Record<string, unknown>>
  readonly correlation_id: string
  readonly recommended_actions: ReadonlyArray<RecommendedAction>
}

export const renderProblem = (
  { code, params, issues = [] }: Problem,
  reader: Reader,
  instance: string,
  correlationId: string,
): ProblemBody => {
  const { status, ...texts } = problemTexts[code]
  const values = params(reader)
  return {
    type: `urn:docg:problem:${code}`,
    title: texts[reader.locale].title,
    status,
    detail: format(texts[reader.locale].detail, reader.locale, values),
    instance,
    code,
    params: values,
    correlation_id: correlationId,
    recommended_actions: issueActions(issues, reader.locale),
  }
}
