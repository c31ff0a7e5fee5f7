import type { Template } from '../../domain/template/template'
import type { Loop, Tag, TemplateVersion } from '../../domain/template/version'
import type { StoredFile } from '../../projections/catalog/queries'
import { renderIssue } from '../issue'
import type { Told } from '../owned'
import type { Dated } from '../read-owned'
import type { Reader } from '../problem/problem'

const dotted = (path: ReadonlyArray<string>): string => path.join('.')

const shownTag = ({ path, loops }: Tag) => ({ path: dotted(path), loops: loops.map(dotted) })

const shownLoop = ({ path, loops, inverted }: Loop) => ({
  path: dotted(path),
  loops: loops.map(dotted),
  inverted,
})

const shownWarning = (reader: Reader) => (code: string) =>
  renderIssue(reader.locale, reader.showTech)({ code, params: {}, tech: '', node_id: null })

export const shownFile = ({ version, file_name, sha256, size }: StoredFile) => ({ version, file_name, sha256, size })

export const shownVersion = (reader: Reader) => (content: TemplateVersion) => ({
  ...shownFile(content),
  tags: content.tags.map(shownTag),
  loops: content.loops.map(shownLoop),
  errors: [],
  warnings: content.warnings.map(shownWarning(reader)).map(({ code, message_human }) => ({ code, message_human })),
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
