import { createHmac, timingSafeEqual } from 'node:crypto'

/** Of these HubSpot signs the character instead of its code; the question mark before the query stands as it is. */
const decoded: Readonly<Record<string, string>> = {
  '%3A': ':',
  '%2F': '/',
  '%3F': '?',
  '%40': '@',
  '%21': '!',
  '%24': '$',
  '%27': "'",
  '%28': '(',
  '%29': ')',
  '%2A': '*',
  '%2C': ',',
  '%3B': ';',
}

export const signedUri = (uri: string): string =>
  uri.replaceAll(/%[0-9a-f]{2}/gi, (code) => decoded[code.toUpperCase()] ?? code)

export type Signed = {
  readonly method: string
  /** As HubSpot called it. */
  readonly uri: string
  readonly body: Uint8Array
  /** The header as it came. */
  readonly timestamp: string
}

/** `X-HubSpot-Signature-v3`: https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation */
export const signatureV3 = (secret: string, { method, uri, body, timestamp }: Signed): string =>
  createHmac('sha256', secret)
    .update(method + signedUri(uri))
    .update(body)
    .update(timestamp)
    .digest('base64')

export const isSignedBy = (secret: string, signed: Signed, signature: string): boolean => {
  const given = Buffer.from(signature)
  const wanted = Buffer.from(signatureV3(secret, signed))
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

const longestAgeMs = 300_000

/** `timestamp` in milliseconds; at most five minutes old, and no further ahead. */
export const isRecent = (timestamp: string, now: number): boolean =>
  /^\d{12,14}$/.test(timestamp) && Math.abs(now - Number(timestamp)) <= longestAgeMs
