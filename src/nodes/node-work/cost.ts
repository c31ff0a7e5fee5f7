import type { Json } from '../../domain/event-store'
import type { JsonObject } from '../../domain/json'
import type { TemplateNode } from '../../domain/template/version'
import { type DataSize, sizeOf } from './data-size'

/** A config's texts, when all that stands in their tags are bare paths; mappings are counted as objects. */
type Texts = { characters: number; texts: number; tags: number; objects: number; bare: boolean }

const mostCharacters = 65_536
const opening = /\{[{%]/g
/** No filter, no loop, no condition: what it prints is one value, and finding it is a step for each name. */
const barePath = /\{\{-?\s?[\p{L}\p{N}_.[\]-]{1,200}\s?-?\}\}/gu

const addText = (into: Texts, text: string): void => {
  into.texts += 1
  into.characters += text.length
  if (into.characters > mostCharacters) return
  const tags = text.match(opening)?.length ?? 0
  into.tags += tags
  into.bare &&= tags === (text.match(barePath)?.length ?? 0)
}

const add = (into: Texts, json: Json): void => {
  if (typeof json === 'string') addText(into, json)
  if (typeof json !== 'object' || json === null) return
  if (!Array.isArray(json)) into.objects += 1
  for (const value of Object.values(json)) {
    if (!into.bare || into.characters > mostCharacters) return
    add(into, value as Json)
  }
}

const textsOf = (config: JsonObject): Texts | undefined => {
  const texts = { characters: 0, texts: 0, tags: 0, objects: 0, bare: true }
  add(texts, config)
  return texts.bare && texts.characters <= mostCharacters ? texts : undefined
}

/** How many tags, sections and items are looked at most: each as often as all lists around it may have items. */
const visitsOf = (tree: ReadonlyArray<TemplateNode>, longestList: number): number =>
  tree.reduce(
    (sum, node) =>
      sum + 1 + (node.kind === 'section' ? Math.max(1, longestList) * (1 + visitsOf(node.children, longestList)) : 0),
    0,
  )

/** Microseconds of a slow processor, measured generously: `npm run bench -- --only preflight` shows what they come to. */
const costs = { node: 100, text: 20, tag: 150, hundredCharacters: 3, object: 10, value: 1, visit: 3 }

/** An upper bound in microseconds for checking or filling in a node; undefined when there is none that follows from sizes alone. */
export type Costing = (config: JsonObject, trees: ReadonlyArray<ReadonlyArray<TemplateNode>>) => number | undefined

const costOf = (texts: Texts, data: DataSize, trees: Parameters<Costing>[1]): number => {
  // a tag prints one text at most, a mapping may put all of the data into a template
  const characters = texts.characters + texts.tags * data.longestText + texts.objects * data.characters
  const visits = trees.reduce((sum, tree) => sum + visitsOf(tree, data.longestList), 0)
  return (
    costs.node +
    texts.texts * costs.text +
    texts.tags * costs.tag +
    (characters / 100) * costs.hundredCharacters +
    texts.objects * costs.object +
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
