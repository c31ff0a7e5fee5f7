import { withoutSecret } from './known-secrets'
import { patterns } from './patterns'

export { withoutQuotes } from './quotes'

/** The one place where secrets are taken out of texts: `secrets` as such in every encoding, and whatever looks like one. */
export const redacted = (text: string, secrets: ReadonlyArray<string> = []): string =>
  patterns.reduce(
    (rest, [pattern, instead]) => rest.replace(pattern, instead),
    [...secrets]
      .filter((secret) => secret !== '')
      .sort((a, b) => b.length - a.length)
      .reduce(withoutSecret, text),
  )

/** Keys whose values are secrets, as pino names places; texts within lines are redacted besides. */
export const secretKeys: ReadonlyArray<string> = [
  'authorization',
  'password',
  'secret',
  'token',
  'api_key',
  'secret_access_key',
  'access_key_id',
]
