import * as O from 'fp-ts/Option'
import { type Finding, finding } from './fault'
import { limits } from './limits'
import { type Located, lookup, missingAt } from './scope'
import { type SectionNode, type TagNode, type TemplateNode } from './template-tree'
import { printed } from './text'

export interface DataFindings {
  /** Missing values, wrong shapes, too many items: the template cannot be filled with this data. */
  readonly errors: ReadonlyArray<Finding>
  readonly warnings: ReadonlyArray<Finding>
  /** Iterations of all loops together. */
  readonly items: number
}

interface Walk {
  readonly errors: Map<string, Finding>
  readonly warnings: Map<string, Finding>
  items: number
  visits: number
}

type Scopes = ReadonlyArray<Located>

const isFull = (walk: Walk): boolean => walk.items > limits.loopItems || walk.visits > limits.visits

const isEmpty = (value: unknown): boolean => !value || (Array.isArray(value) && value.length === 0)

// one finding per place in the template, however many items lack the value
const note = (into: Map<string, Finding>, node: TemplateNode, scopes: Scopes, what: Finding) => {
  const key = [what.code, ...scopes.map(({ at }) => at.replace(/\.\d+(?=\.|$)/g, '.*')), node.path].join(' ')
  if (!into.has(key)) into.set(key, what)
}

const walkTag = (walk: Walk, node: TagNode, scopes: Scopes) => {
  const found = lookup(node.path, scopes)
  if (O.isNone(found)) {
    note(walk.errors, node, scopes, finding('data.unresolved_variable', { path: missingAt(node.path, scopes) }))
    return
  }
  const { value, at } = found.value
  if (O.isNone(printed(value)))
    note(walk.errors, node, scopes, finding('data.invalid_format', { field: at, expected: 'text' }))
  if (value === null) note(walk.warnings, node, scopes, finding('data.null_value', { path: at }))
}

const walkItems = (walk: Walk, node: SectionNode, scopes: Scopes, list: Located) => {
  const items = Array.isArray(list.value) ? list.value : []
  for (const [n, value] of items.entries()) {
    walk.items += 1
    if (isFull(walk)) return
    walkNodes(walk, node.children, [...scopes, { value, at: `${list.at}.${n}` }])
  }
}

const walkCondition = (walk: Walk, node: SectionNode, scopes: Scopes, found: Located) => {
  walk.items += 1
  const inside: Walk = { ...walk, errors: new Map() }
  walkNodes(inside, node.children, scopes)
  walk.items = inside.items
  walk.visits = inside.visits
  const lacksFields = [...inside.errors.values()].some(({ code }) => code === 'data.unresolved_variable')
  if (lacksFields && typeof found.value !== 'boolean')
    note(walk.errors, node, scopes, finding('data.list_expected', { field: found.at }))
  else inside.errors.forEach((what, key) => walk.errors.set(key, what))
}

const walkInverted = (walk: Walk, node: SectionNode, scopes: Scopes, found: O.Option<Located>) => {
  if (O.isSome(found) && !isEmpty(found.value.value)) return
  walk.items += 1
  walkNodes(walk, node.children, scopes)
}

const walkSection = (walk: Walk, node: SectionNode, scopes: Scopes) => {
  const found = lookup(node.path, scopes)
  if (node.inverted) {
    walkInverted(walk, node, scopes, found)
    return
  }
  if (O.isNone(found)) {
    note(walk.errors, node, scopes, finding('data.unresolved_variable', { path: missingAt(node.path, scopes) }))
    return
  }
  const { value, at } = found.value
  if (value === null) note(walk.warnings, node, scopes, finding('data.null_value', { path: at }))
  if (Array.isArray(value)) {
    if (value.length === 0) note(walk.warnings, node, scopes, finding('data.empty_list', { field: at }))
    walkItems(walk, node, scopes, found.value)
  } else if (typeof value === 'object' && value !== null) {
    walk.items += 1
    walkNodes(walk, node.children, [...scopes, found.value])
  } else if (!isEmpty(value)) walkCondition(walk, node, scopes, found.value)
}

const walkNodes = (walk: Walk, nodes: ReadonlyArray<TemplateNode>, scopes: Scopes) => {
  for (const node of nodes) {
    walk.visits += 1
    if (isFull(walk)) return
    if (node.kind === 'tag') walkTag(walk, node, scopes)
    else walkSection(walk, node, scopes)
  }
}

const tooMany = finding('data.payload_too_large', { limit: `${limits.loopItems}` })

/** Everything that filling this template with this data would meet, without filling it. Data is JSON, the top level an object. */
export const walkData = (tree: ReadonlyArray<TemplateNode>, data: Readonly<Record<string, unknown>>): DataFindings => {
  const walk: Walk = { errors: new Map(), warnings: new Map(), items: 0, visits: 0 }
  walkNodes(walk, tree, [{ value: data, at: '' }])
  return {
    errors: [...(isFull(walk) ? [tooMany] : []), ...walk.errors.values()],
    warnings: [...walk.warnings.values()],
    items: walk.items,
  }
}
