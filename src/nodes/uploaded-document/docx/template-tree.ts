/** What a template asks of its data, in document order. A path is dotted own property names, or `.` for the loop's item itself. */
export type TemplateNode = TagNode | SectionNode

export interface TagNode {
  readonly kind: 'tag'
  readonly path: string
}

/** `{{#path}}…{{/path}}`: once per item of a list, once for a truthy value; inverted (`{{^path}}`): once for an empty or absent one. */
export interface SectionNode {
  readonly kind: 'section'
  readonly path: string
  readonly inverted: boolean
  readonly children: ReadonlyArray<TemplateNode>
}

export interface Tag {
  readonly path: string
  /** Paths of the sections around it, outermost first. */
  readonly loops: ReadonlyArray<string>
}

export interface Loop {
  readonly path: string
  readonly inverted: boolean
  readonly loops: ReadonlyArray<Loop>
}

const keyOf = (node: TemplateNode): string =>
  node.kind === 'tag' ? node.path : `${node.inverted ? '^' : '#'}${node.path}`

const join = (a: TemplateNode, b: TemplateNode): TemplateNode =>
  a.kind === 'section' && b.kind === 'section' ? { ...a, children: [...a.children, ...b.children] } : a

/** The same tree with every tag and section once per scope. */
export const mergeTree = (tree: ReadonlyArray<TemplateNode>): ReadonlyArray<TemplateNode> => {
  const merged = new Map<string, TemplateNode>()
  for (const node of tree) {
    const same = merged.get(keyOf(node))
    merged.set(keyOf(node), same === undefined ? node : join(same, node))
  }
  return [...merged.values()].map((node) =>
    node.kind === 'section' ? { ...node, children: mergeTree(node.children) } : node,
  )
}

export const tagsOf = (tree: ReadonlyArray<TemplateNode>, loops: ReadonlyArray<string> = []): ReadonlyArray<Tag> =>
  tree.flatMap((node) =>
    node.kind === 'tag' ? [{ path: node.path, loops }] : tagsOf(node.children, [...loops, node.path]),
  )

export const loopsOf = (tree: ReadonlyArray<TemplateNode>): ReadonlyArray<Loop> =>
  tree.flatMap((node) =>
    node.kind === 'section' ? [{ path: node.path, inverted: node.inverted, loops: loopsOf(node.children) }] : [],
  )
