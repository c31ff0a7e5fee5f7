import { type DocxFinding, type DocxFindingCode, finding } from './fault'
import { limits } from './limits'
import { type Found, lookup, namesOf } from './scope'
import { type TemplateNode } from './template-tree'
import { isPrintable } from './text'

export interface DataFindings {
  /** Missing values, wrong shapes, too many items: the template cannot be filled with this data. */
  readonly errors: ReadonlyArray<DocxFinding>
  readonly warnings: ReadonlyArray<DocxFinding>
  /** Iterations of all loops together. */
  readonly items: number
}

interface Walk {
  readonly errors: Map<string, DocxFinding>
  readonly warnings: Map<string, DocxFinding>
  items: number
  visits: number
}

/** A node with its path in names: a walk may look it up a million times. */
interface Part {
  readonly path: string
  readonly names: ReadonlyArray<string>
  readonly section: { readonly inverted: boolean; readonly parts: ReadonlyArray<Part> } | undefined
}

/** Values that paths are looked up in, outermost first, and where each stands in the data; `place` is the same for every item of a list. */
interface Scopes {
  readonly values: ReadonlyArray<unknown>
  readonly at: ReadonlyArray<string>
  readonly place: string
}

interface Located {
  readonly value: unknown
  readonly at: string
}

const partsOf = (tree: ReadonlyArray<TemplateNode>): ReadonlyArray<Part> =>
  tree.map((node) => ({
    path: node.path,
    names: namesOf(node.path),
    section: node.kind === 'tag' ? undefined : { inverted: node.inverted, parts: partsOf(node.children) },
  }))

const isFull = (walk: Walk): boolean => walk.items > limits.loopItems || walk.visits > limits.visits

const isEmpty = (value: unknown): boolean => !value || (Array.isArray(value) && value.length === 0)

const below = (at: string, path: string): string => (at === '' || path === '' ? at + path : `${at}.${path}`)

const pathOf = ({ names }: Part): string => names.join('.')

const placeOf = ({ scope }: Found, part: Part, scopes: Scopes): string => below(scopes.at[scope] ?? '', pathOf(part))

const inside = ({ values, at, place }: Scopes, found: Located, placed: string): Scopes => ({
  values: [...values, found.value],
  at: [...at, found.at],
  place: `${place} ${placed}`,
})

// one finding per place in the template, however many items lack the value
const note = (
  into: Map<string, DocxFinding>,
  { path }: Part,
  { place }: Scopes,
  code: DocxFindingCode,
  params: () => DocxFinding['params'],
) => {
  const key = `${code} ${place} ${path}`
  if (!into.has(key)) into.set(key, finding(code, params()))
}

/** Where a missing value was looked for: the path inside the innermost scope. */
const noteMissing = (walk: Walk, part: Part, scopes: Scopes) => {
  note(walk.errors, part, scopes, 'data.unresolved_variable', () => ({
    path: below(scopes.at.at(-1) ?? '', pathOf(part)),
  }))
}

const walkTag = (walk: Walk, part: Part, scopes: Scopes) => {
  const found = lookup(part.names, scopes.values)
  if (found === undefined) noteMissing(walk, part, scopes)
  else if (found.value === null)
    note(walk.warnings, part, scopes, 'data.null_value', () => ({ path: placeOf(found, part, scopes) }))
  else if (!isPrintable(found.value))
    note(walk.errors, part, scopes, 'data.invalid_format', () => ({
      field: placeOf(found, part, scopes),
      expected: 'text',
    }))
}

const walkItems = (
  walk: Walk,
  parts: ReadonlyArray<Part>,
  scopes: Scopes,
  items: ReadonlyArray<unknown>,
  at: string,
) => {
  const place = at.replace(/\.\d+(?=\.|$)/g, '.*')
  for (const [n, value] of items.entries()) {
    walk.items += 1
    if (isFull(walk)) return
    walkParts(walk, parts, inside(scopes, { value, at: `${at}.${n}` }, `${place}.*`))
  }
}

const walkCondition = (walk: Walk, part: Part, parts: ReadonlyArray<Part>, scopes: Scopes, found: Located) => {
  walk.items += 1
  const apart: Walk = { ...walk, errors: new Map() }
  walkParts(apart, parts, scopes)
  walk.items = apart.items
  walk.visits = apart.visits
  const lacksFields = [...apart.errors.values()].some(({ code }) => code === 'data.unresolved_variable')
  if (lacksFields && typeof found.value !== 'boolean')
    note(walk.errors, part, scopes, 'data.list_expected', () => ({ field: found.at }))
  else apart.errors.forEach((what, key) => walk.errors.set(key, what))
}

const walkInverted = (walk: Walk, parts: ReadonlyArray<Part>, scopes: Scopes, value: unknown) => {
  if (value !== undefined && !isEmpty(value)) return
  walk.items += 1
  walkParts(walk, parts, scopes)
}

const walkFound = (walk: Walk, part: Part, parts: ReadonlyArray<Part>, scopes: Scopes, found: Located) => {
  const { value, at } = found
  if (value === null) note(walk.warnings, part, scopes, 'data.null_value', () => ({ path: at }))
  if (Array.isArray(value)) {
    if (value.length === 0) note(walk.warnings, part, scopes, 'data.empty_list', () => ({ field: at }))
    walkItems(walk, parts, scopes, value, at)
  } else if (typeof value === 'object' && value !== null) {
    walk.items += 1
    walkParts(walk, parts, inside(scopes, found, at.replace(/\.\d+(?=\.|$)/g, '.*')))
  } else if (!isEmpty(value)) walkCondition(walk, part, parts, scopes, found)
}

const walkSection = (walk: Walk, part: Part, { inverted, parts }: NonNullable<Part['section']>, scopes: Scopes) => {
  const found = lookup(part.names, scopes.values)
  if (inverted) walkInverted(walk, parts, scopes, found?.value)
  else if (found === undefined) noteMissing(walk, part, scopes)
  else walkFound(walk, part, parts, scopes, { value: found.value, at: placeOf(found, part, scopes) })
}

const walkParts = (walk: Walk, parts: ReadonlyArray<Part>, scopes: Scopes) => {
  for (const part of parts) {
    walk.visits += 1
    if (isFull(walk)) return
    if (part.section === undefined) walkTag(walk, part, scopes)
    else walkSection(walk, part, part.section, scopes)
  }
}

const tooMany = finding('data.payload_too_large', { limit: `${limits.loopItems}` })

/** Everything that filling this template with this data would meet, without filling it. Data is JSON, the top level an object. */
export const walkData = (tree: ReadonlyArray<TemplateNode>, data: Readonly<Record<string, unknown>>): DataFindings => {
  const walk: Walk = { errors: new Map(), warnings: new Map(), items: 0, visits: 0 }
  walkParts(walk, partsOf(tree), { values: [data], at: [''], place: '' })
  return {
    errors: [...(isFull(walk) ? [tooMany] : []), ...walk.errors.values()],
    warnings: [...walk.warnings.values()],
    items: walk.items,
  }
}
