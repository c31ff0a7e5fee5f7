import { messages, isCode } from '.'
import { techFor, paramsFor, type Reader } from '../visibility'
import type { Domain, Severity } from './entry'
import { type Params, textOf } from './text'

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

const entryOf = (code: string) => (isCode(code) ? messages[code] : unknownCode)

export const renderIssue =
  (reader: Reader) =>
  ({ code, params, tech, node_id, severity = entryOf(code).severity, pointers = [] }: Issue): RenderedIssue => ({
    code,
    domain: entryOf(code).domain,
    severity,
    message_human: textOf(code, paramsFor(reader, params), reader.locale),
    message_tech: techFor(reader, tech),
    node_id,
    ...(pointers.length === 0 ? {} : { pointers }),
  })

/** An issue whose severity and domain follow from where it was found. */
export type Found = Issue & Pick<RenderedIssue, 'severity' | 'domain'>

export const renderFound =
  (reader: Reader) =>
  (found: Found): RenderedIssue => ({
    ...renderIssue(reader)(found),
    domain: found.domain,
    severity: found.severity,
  })
