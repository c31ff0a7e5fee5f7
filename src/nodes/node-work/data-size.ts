import type { Json } from '../../domain/event-store'
import type { JsonObject } from '../../domain/json'

export type DataSize = {
  readonly values: number
  /** Of all names and texts. */
  readonly characters: number
  readonly longestText: number
  readonly longestList: number
}

type Meter = { values: number; characters: number; longestText: number; longestList: number }

const mostValues = 3_000
const mostCharacters = 65_536

const isOver = ({ values, characters }: Meter): boolean => values > mostValues || characters > mostCharacters

const addText = (meter: Meter, text: string): void => {
  meter.characters += text.length
  meter.longestText = Math.max(meter.longestText, text.length)
}

const add = (meter: Meter, json: Json): void => {
  meter.values += 1
  if (typeof json === 'string') addText(meter, json)
  if (typeof json !== 'object' || json === null) return
  if (Array.isArray(json)) addList(meter, json as ReadonlyArray<Json>)
  else addObject(meter, json as JsonObject)
}

const addList = (meter: Meter, list: ReadonlyArray<Json>): void => {
  meter.longestList = Math.max(meter.longestList, list.length)
  for (const value of list) {
    if (isOver(meter)) return
    add(meter, value)
  }
}

const addObject = (meter: Meter, object: JsonObject): void => {
  for (const name of Object.keys(object)) {
    if (isOver(meter)) return
    meter.characters += name.length
    add(meter, object[name] ?? null)
  }
}

/** Undefined of more than 3,000 values or 65,536 characters, without looking at the rest. */
export const sizeOf = (data: Json): DataSize | undefined => {
  const meter = { values: 0, characters: 0, longestText: 0, longestList: 0 }
  add(meter, data)
  return isOver(meter) ? undefined : meter
}
