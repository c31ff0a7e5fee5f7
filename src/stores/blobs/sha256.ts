import { createHash } from 'node:crypto'

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

export const isKey = (text: string): boolean => /^[0-9a-f]{64}$/.test(text)
