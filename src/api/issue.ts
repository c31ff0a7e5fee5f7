import { catalogue, isCode } from '../domain/catalogue'
import type { Domain, Locale, Severity } from '../domain/catalogue/entry'
import { type Params, textOf } from '../domain/catalogue/text'
import { adviceOn } from '../domain/catalogue/advice'
import { type RecommendedAction, renderAction } from './recommended-actions'

/** Something found about a run or a file, as a code: the text is rendered for the reader. `tech` is English. */
export type Issue = {
  readonly code: string
  readonly params: Params
  readonly tech: string
  readonly node_id: string | null
  /** That of the code when not said. */
  readonly severity?: Severity
  /** JSON pointers into the workflow that was sent, to the fields that it is about. */
  readonly pointers?: ReadonlyArray<string>
}

export type RenderedIssue = {
  readonly code: string
  readonly domain: Domain
  readonly severity: Severity
  readonly message_human: string
  readonly message_tech: string | null
  readonly node_id: string | null
  readonly pointers?: ReadonlyArray<string>
}

const unknownCode = { domain: 'data', severity: 'blocking' } as const

const entryOf = (code: string) => (isCode(code) ? catalogue[code] : unknownCode)

export const renderIssue =
  (locale: Locale, showTech: boolean) =>
  ({ code, params, tech, node_id, severity = entryOf(code).severity, pointers = [] }: Issue): RenderedIssue => ({
    code,
    domain: entryOf(code).domain,
    severity,
    message_human: textOf(code, params, locale),
    message_tech: showTech ? tech : null,
    node_id,
    ...(pointers.length === 0 ? {} : { pointers }),
  })

export const issueParams = (issues: ReadonlyArray<Issue>, locale: Locale, showTech: boolean) => {
  const rendered = issues.map(renderIssue(locale, showTech))
  return { count: rendered.length, first: rendered[0]?.message_human ?? '', issues: rendered }
}

/** One per action and node. */
export const issueActions = (issues: ReadonlyArray<Issue>, locale: Locale): ReadonlyArray<RecommendedAction> =>
  adviceOn(issues).map(renderAction(locale))
