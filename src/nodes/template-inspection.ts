import type { Loop, TemplateVersion } from '../domain/template'
import type { Inspection, Loop as NestedLoop } from './uploaded-document/docx'

export {
  docxEngine,
  type DocxEngine,
  type DocxFinding,
  type Inspection,
  type TemplateFault,
} from './uploaded-document/docx'

const path = (dotted: string): ReadonlyArray<string> => (dotted === '.' ? ['.'] : dotted.split('.'))

const flat = (
  loops: ReadonlyArray<NestedLoop>,
  around: ReadonlyArray<ReadonlyArray<string>> = [],
): ReadonlyArray<Loop> =>
  loops.flatMap((loop) => [
    { path: path(loop.path), loops: around, inverted: loop.inverted },
    ...flat(loop.loops, [...around, path(loop.path)]),
  ])

/** What is kept of a template that was found without errors. */
export const contentOf = (inspection: Inspection, fileName: string): Omit<TemplateVersion, 'version'> => ({
  sha256: inspection.sha256,
  size: inspection.size,
  file_name: fileName,
  tags: inspection.tags.map((tag) => ({ path: path(tag.path), loops: tag.loops.map(path) })),
  loops: flat(inspection.loops),
  tree: inspection.tree,
  warnings: inspection.warnings.map(({ code }) => code),
  ...(inspection.cleaned === undefined
    ? {}
    : { cleaned: { original_sha256: inspection.cleaned.original_sha256, removed: inspection.cleaned.removed } }),
})
