import { createHmac } from 'node:crypto'

/** Stands before the fields of what was an object: in what was a list, nothing stands bare. */
const fieldsFollow = {}

const namesOf = (value: object): ReadonlyArray<string> => {
  const names = Object.keys(value)
  return names.length > 1 ? names.sort() : names
}

const sorted = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(sorted)
  const flat: unknown[] = [fieldsFollow]
  for (const name of namesOf(value)) {
    const field = (value as Readonly<Record<string, unknown>>)[name]
    if (field !== undefined) flat.push(name, sorted(field))
  }
  return flat
}

/** Derives what has to be the same at a repeat, and guessable by nobody. */
export type Keyed = {
  /** Of what a sender asked for: the order of an object's fields does not count. Keyed, because a body may hold passwords. */
  readonly hashOfRequest: (method: string, path: string, body: unknown) => string
  readonly webhookToken: (commandId: string) => string
}

export const keyedBy = (derivingKey: Uint8Array): Keyed => {
  const mac = (purpose: string, text: string) => createHmac('sha256', derivingKey).update(`${purpose}\0${text}`)
  return {
    hashOfRequest: (method, path, body) =>
      mac('request', JSON.stringify([method, path, sorted(body ?? null)])).digest('hex'),
    webhookToken: (commandId) => mac('webhook-token', commandId).digest('base64url'),
  }
}
