import { createHash } from 'node:crypto'
import * as E from 'fp-ts/Either'

export type SecretKey = { readonly id: string; readonly bytes: Buffer }
/** The first encrypts; all decrypt. */
export type Keyring = readonly [SecretKey, ...ReadonlyArray<SecretKey>]

const base64 = /^[A-Za-z0-9+/]{43}=$/

const keyOf = (text: string): SecretKey | undefined => {
  if (!base64.test(text)) return undefined
  const bytes = Buffer.from(text, 'base64')
  return { id: createHash('sha256').update(bytes).digest('hex').slice(0, 16), bytes }
}

/** Keys of 32 bytes in base64, the current one first, older ones after it with commas between. */
export const keyringOf = (text: string): E.Either<string, Keyring> => {
  const keys = text.split(',').map((part) => keyOf(part.trim()))
  const [current, ...older] = keys
  return current === undefined || older.includes(undefined)
    ? E.left('must be 32 bytes in base64; older keys may follow, separated by commas')
    : E.right([current, ...older.filter((key) => key !== undefined)])
}
