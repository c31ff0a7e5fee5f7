import { renderIssue } from '../../domain/catalogue/issue'
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

const shownWarning = (reader: Reader) => (code: string) =>
  renderIssue(reader)({ code, params: {}, tech: '', node_id: null })

export const shownVersion =
  (reader: Reader) =>
  ({ version, sha256, size, file_name, tags, loops, warnings }: TemplateVersion) => ({
    version,
    file_name,
    sha256,
    size,
    tags: tags.map(shownTag),
    loops: loops.map(shownLoop),
    errors: [],
    warnings: warnings.map(shownWarning(reader)).map(({ code, message_human }) => ({ code, message_human })),
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
