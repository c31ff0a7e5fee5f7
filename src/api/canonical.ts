import { createHmac } from 'node:crypto'

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const fields = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => [key, sorted(item)])
  return { fields }
}

/** Derives what has to be the same at a repeat, and guessable by nobody. */
export type Keyed = {
  /** Of what a sender asked for: the order of an object's fields does not count. Keyed, because a body may hold passwords. */
  readonly hashOfRequest: (method: string, path: string, body: unknown) => string
  readonly webhookToken: (commandId: string) => string
}

export const keyedBy = (secretKey: Uint8Array): Keyed => {
  const mac = (purpose: string, text: string) => createHmac('sha256', secretKey).update(`${purpose}\0${text}`)
  return {
    hashOfRequest: (method, path, body) =>
      mac('request', JSON.stringify([method, path, sorted(body ?? null)])).digest('hex'),
    webhookToken: (commandId) => mac('webhook-token', commandId).digest('base64url'),
  }
}
