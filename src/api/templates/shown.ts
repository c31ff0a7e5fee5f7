import { type Params, textOf } from '../../domain/messages/text'
import type { Loop, Tag, Template, TemplateVersion } from '../../domain/template'
import type { Reader } from '../../domain/visibility'
import type { StoredFile } from '../../projections/catalog/queries'
import type { Told } from '../owned'
import type { Dated } from '../read-owned'

const dotted = (path: ReadonlyArray<string>): string => path.join('.')

const shownTag = ({ path, loops }: Tag) => ({ path: dotted(path), loops: loops.map(dotted) })

const shownLoop = ({ path, loops, inverted }: Loop) => ({
  path: dotted(path),
  loops: loops.map(dotted),
  inverted,
})

type Warning = { readonly code: string; readonly params: Params }

const warningsOf = ({ warnings, cleaned }: TemplateVersion): ReadonlyArray<Warning> => [
  ...warnings.map((code) => ({ code, params: {} })),
  ...(cleaned?.removed ?? []).map((feature) => ({ code: 'template.content_removed', params: { feature } })),
]

export const shownFile = ({ version, file_name, sha256, size }: StoredFile) => ({ version, file_name, sha256, size })

export const shownVersion = (reader: Reader) => (content: TemplateVersion) => ({
  ...shownFile(content),
  /** Of the file that was uploaded; another one where it was cleaned. */
  original_sha256: content.cleaned?.original_sha256 ?? content.sha256,
  tags: content.tags.map(shownTag),
  loops: content.loops.map(shownLoop),
  errors: [],
  warnings: warningsOf(content).map(({ code, params }) => ({
    code,
    params,
    message_human: textOf(code, params, reader.locale),
  })),
})

/** A template with its latest version's content. */
export const shownTemplate =
  (reader: Reader) =>
  ({ state, createdAt, updatedAt, revision }: Dated<Template>) => ({
    id: state.templateId,
    name: state.name,
    ...shownVersion(reader)(state.latest),
    created_at: createdAt.toISOString(),
    updated_at: updatedAt.toISOString(),
    revision: Number(revision),
  })

/** What the latest version asks of its data. */
export const shownTags = ({ state: { latest } }: Told<Template>) => ({
  version: latest.version,
  tags: latest.tags.map(shownTag),
  loops: latest.loops.map(shownLoop),
})
