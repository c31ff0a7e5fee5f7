import { type Params, textOf } from '../../domain/catalogue/text'
import type { Template } from '../../domain/template/template'
import type { Loop, Tag, TemplateVersion } from '../../domain/template/version'
import type { Reader } from '../../domain/visibility'
import type { Told } from '../owned'

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

export const shownVersion = (reader: Reader) => (content: TemplateVersion) => ({
  version: content.version,
  file_name: content.file_name,
  sha256: content.sha256,
  /** Of the file that was uploaded; another one where it was cleaned. */
  original_sha256: content.cleaned?.original_sha256 ?? content.sha256,
  size: content.size,
  tags: content.tags.map(shownTag),
  loops: content.loops.map(shownLoop),
  errors: [],
  warnings: warningsOf(content).map(({ code, params }) => ({
    code,
    params,
    message_human: textOf(code, params, reader.locale),
  })),
})

/** A template with its last version's content; `versions` says what there was before. */
export const shownTemplate =
  (reader: Reader) =>
  ({ state, createdAt, updatedAt, revision }: Told<Template>) => {
    const last = state.versions.at(-1)
    return {
      id: state.templateId,
      name: state.name,
      ...(last === undefined ? {} : shownVersion(reader)(last)),
      versions: state.versions.map(({ version, sha256, size, file_name }) => ({ version, sha256, size, file_name })),
      created_at: createdAt.toISOString(),
      updated_at: updatedAt.toISOString(),
      revision: Number(revision),
    }
  }

/** What the last version asks of its data. */
export const shownTags = ({ state }: Told<Template>) => {
  const { version = 0, tags = [], loops = [] } = state.versions.at(-1) ?? {}
  return { version, tags: tags.map(shownTag), loops: loops.map(shownLoop) }
}
