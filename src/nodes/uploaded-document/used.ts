import type { TemplateNode } from '../../domain/template'
import type { Mapping } from './template-data'
import { touching } from './touching'

const pathsIn = (tree: ReadonlyArray<TemplateNode>): ReadonlyArray<string> =>
  tree.flatMap((node) => (node.kind === 'tag' ? [node.path] : [node.path, ...pathsIn(node.children)]))

/** Whether a template asks for what a mapping gives. */
export const isUsed = (tree: ReadonlyArray<TemplateNode>): ((mapping: Mapping) => boolean) => {
  const touches = touching(pathsIn(tree))
  return ({ template_tag }) => touches(template_tag)
}

/** Leaves out what these mappings fill: a section goes with all that stands in it. */
export const without = (
  tree: ReadonlyArray<TemplateNode>,
  mappings: ReadonlyArray<Mapping>,
): ReadonlyArray<TemplateNode> => {
  const touches = touching(mappings.map(({ template_tag }) => template_tag))
  const left = (nodes: ReadonlyArray<TemplateNode>): ReadonlyArray<TemplateNode> =>
    nodes
      .filter(({ path }) => !touches(path))
      .map((node) => (node.kind === 'section' ? { ...node, children: left(node.children) } : node))
  return left(tree)
}
