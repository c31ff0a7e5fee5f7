import type { Json } from '../../domain/event-store'
import type { JsonObject } from '../../domain/json'
import type { TemplateNode } from '../../domain/template'
import { type DataSize, sizeOf } from './data-size'

type Text = { readonly length: number; readonly tags: number }

/** A configuration's texts, when all that stands in their tags are bare paths; mappings are counted as objects. */
type Texts = { bare: boolean; characters: number; objects: number; readonly texts: Array<Text> }

const mostCharacters = 65_536
const opening = /\{[{%]/g
/** No filter, no loop, no condition: what it prints is one value, and finding it is a step for each name. */
const barePath = /\{\{-?\s?[\p{L}\p{N}_.[\]-]{1,200}\s?-?\}\}/gu

const isKnown = ({ bare, characters }: Texts): boolean => bare && characters <= mostCharacters

const addText = (into: Texts, text: string): void => {
  into.characters += text.length
  if (!isKnown(into)) return
  const tags = text.match(opening)?.length ?? 0
  into.texts.push({ length: text.length, tags })
  into.bare = tags === (text.match(barePath)?.length ?? 0)
}

const add = (into: Texts, json: Json): void => {
  if (typeof json === 'string') addText(into, json)
  if (typeof json !== 'object' || json === null) return
  if (!Array.isArray(json)) into.objects += 1
  for (const value of Object.values(json)) {
    if (!isKnown(into)) return
    add(into, value as Json)
  }
}

const textsOf = (config: JsonObject): Texts | undefined => {
  const texts = { bare: true, characters: 0, objects: 0, texts: [] }
  add(texts, config)
  return isKnown(texts) ? texts : undefined
}

/** How many tags, sections and items are looked at most: each as often as all lists around it may have items. */
const visitsOf = (tree: ReadonlyArray<TemplateNode>, longestList: number): number =>
  tree.reduce(
    (sum, node) =>
      sum + 1 + (node.kind === 'section' ? Math.max(1, longestList) * (1 + visitsOf(node.children, longestList)) : 0),
    0,
  )

/** Microseconds of a slow processor, measured generously: `npm run bench -- --only preflight` shows what they come to. */
const costs = { node: 100, text: 20, template: 250, tag: 300, hundredCharacters: 3, object: 10, value: 1, visit: 3 }

/** What is to be an address is brought into ASCII in time by the square of its length, up to where it is too long for one. */
const addressCost = (length: number): number => 16 * (Math.min(1_016, length) / 100) ** 2

/** An upper bound in microseconds for checking or filling in a node; undefined when there is none that follows from sizes alone. */
export type Costing = (config: JsonObject, trees: ReadonlyArray<ReadonlyArray<TemplateNode>>) => number | undefined

const textCost = ({ length, tags }: Text, { longestText }: DataSize): number => {
  // a tag prints one text at most
  const printed = length + tags * longestText
  const parsed = tags === 0 ? 0 : costs.template + tags * costs.tag
  return costs.text + parsed + (printed / 100) * costs.hundredCharacters + addressCost(printed)
}

const costOf = (
  { texts, objects }: Texts,
  data: DataSize,
  trees: ReadonlyArray<ReadonlyArray<TemplateNode>>,
): number => {
  const visits = trees.reduce((sum, tree) => sum + visitsOf(tree, data.longestList), 0)
  // a mapping may put all of the data into a template
  const mapped = costs.object + (data.characters / 100) * costs.hundredCharacters
  return (
    costs.node +
    texts.reduce((sum, text) => sum + textCost(text, data), 0) +
    objects * mapped +
    data.values * costs.value +
    visits * costs.visit
  )
}

const lazily = <A>(make: () => A): (() => A) => {
  let made: { readonly value: A } | undefined
  return () => (made ??= { value: make() }).value
}

/** Of nodes with this data, which is looked at when there is need. */
export const costing = (json: Json): Costing => {
  const size = lazily(() => sizeOf(json))
  return (config, trees) => {
    const texts = textsOf(config)
    const data = texts === undefined ? undefined : size()
    return texts === undefined || data === undefined ? undefined : costOf(texts, data, trees)
  }
}
