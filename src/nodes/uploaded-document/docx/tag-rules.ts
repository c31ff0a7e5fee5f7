import { type DocxFinding, finding } from './fault'
import { limits } from './limits'
import { type TagUse } from './tag-use'
import { type SectionNode, type TemplateNode } from './template-tree'

const segment = '[\\p{L}\\p{N}_][\\p{L}\\p{M}\\p{N}_-]*'
const dottedPath = new RegExp(`^${segment}(?:\\.${segment})*$`, 'u')

const isPath = (path: string): boolean =>
  path === '.' || (path.length <= limits.tagLength && dottedPath.test(path) && !path.split('.').includes('__proto__'))

export const syntaxError = (tag: string, id: string, explanation: string): DocxFinding =>
  finding('template.syntax_error', { tag: tag.slice(0, limits.tagLength), id, explanation })

const errorOf = (use: TagUse): ReadonlyArray<DocxFinding> => {
  const tag = `{{${use.raw}}}`
  if (use.kind === 'raw-xml') return [finding('template.unsafe_content', { feature: tag.slice(0, limits.tagLength) })]
  if (use.kind === 'close' && use.path === '') return []
  if (use.kind === 'unsupported')
    return [syntaxError(tag, 'unsupported_tag', `The tag ${tag} uses a prefix that is not supported`)]
  if (use.path === '') return [syntaxError(tag, 'empty_tag', 'The tag has no name')]
  return isPath(use.path)
    ? []
    : [
        syntaxError(
          tag,
          'invalid_tag_name',
          `The name of ${tag} may only have letters, digits, "_" and "-", with dots between the parts of a path`,
        ),
      ]
}

interface OpenSection {
  readonly path: string
  readonly inverted: boolean
  readonly children: Array<TemplateNode>
}

const sectionOf = ({ path, inverted, children }: OpenSection): SectionNode => ({
  kind: 'section',
  path,
  inverted,
  children,
})

const nestingErrors = (use: TagUse, open: ReadonlyArray<OpenSection>): ReadonlyArray<DocxFinding> => {
  const tag = `{{${use.raw}}}`
  return [
    ...(open.length >= limits.loopDepth
      ? [syntaxError(tag, 'loops_too_deep', `Sections may stand at most ${limits.loopDepth} deep in each other`)]
      : []),
    // the inner one would find the outer list again, and again for each of its items
    ...(use.kind === 'open' && open.some(({ path, inverted }) => path === use.path && !inverted)
      ? [syntaxError(tag, 'loop_inside_itself', `The section ${tag} stands inside a section of the same name`)]
      : []),
  ]
}

const treeOfPart = (uses: ReadonlyArray<TagUse>, errors: Array<DocxFinding>): ReadonlyArray<TemplateNode> => {
  const root: Array<TemplateNode> = []
  const open: Array<OpenSection> = []
  const put = (node: TemplateNode) => (open.at(-1)?.children ?? root).push(node)
  const close = () => {
    const section = open.pop()
    if (section !== undefined && open.length <= limits.loopDepth) put(sectionOf(section))
  }
  for (const use of uses) {
    if (use.kind === 'tag') put({ kind: 'tag', path: use.path })
    if (use.kind === 'close') close()
    if (use.kind !== 'open' && use.kind !== 'open-inverted') continue
    errors.push(...nestingErrors(use, open))
    open.push({ path: use.path, inverted: use.kind === 'open-inverted', children: [] })
  }
  while (open.length > 0) close()
  return root
}

/** The tree of all parts together, and what our own rules refuse in it; unmatched sections are docxtemplater's to report. */
export const readTree = (
  uses: ReadonlyArray<TagUse>,
): { readonly tree: ReadonlyArray<TemplateNode>; readonly errors: ReadonlyArray<DocxFinding> } => {
  const named = uses.filter((use) => errorOf(use).length === 0)
  const errors = uses.flatMap(errorOf)
  const files = [...new Set(named.map(({ file }) => file))]
  const tree = files.flatMap((file) =>
    treeOfPart(
      named.filter((use) => use.file === file),
      errors,
    ),
  )
  return { tree, errors }
}
