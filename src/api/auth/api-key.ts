import { createHash, randomBytes } from 'node:crypto'

const form = /^docg_[A-Za-z0-9_-]{43}$/

/** `docg_` and 32 random bytes in base64url. */
export const newApiKey = (): string => `docg_${randomBytes(32).toString('base64url')}`

export const isApiKey = (text: string): boolean => form.test(text)

export const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex')
