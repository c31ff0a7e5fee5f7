import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { Keyring } from './keyring'

export type Sealed = {
  readonly key_id: string
  readonly nonce: Buffer
  readonly ciphertext: Buffer
  readonly tag: Buffer
}

const algorithm = 'aes-256-gcm'

/** `boundTo` is authenticated with the text: what was sealed for one place cannot be opened at another. */
export const seal = ([{ id, bytes }]: Keyring, boundTo: string, text: string): Sealed => {
  const nonce = randomBytes(12)
  const cipher = createCipheriv(algorithm, bytes, nonce).setAAD(Buffer.from(boundTo))
  const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return { key_id: id, nonce, ciphertext, tag: cipher.getAuthTag() }
}

/** Throws when the key is not in the ring, or the bytes are not what was sealed for this place. */
export const unseal = (keys: Keyring, boundTo: string, { key_id, nonce, ciphertext, tag }: Sealed): string => {
  const key = keys.find(({ id }) => id === key_id)
  if (key === undefined) throw new Error(`no key ${key_id}`)
  const decipher = createDecipheriv(algorithm, key.bytes, nonce, { authTagLength: 16 })
    .setAAD(Buffer.from(boundTo))
    .setAuthTag(tag)
  return Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString('utf8')
}
