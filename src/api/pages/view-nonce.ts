import { createHmac, timingSafeEqual } from 'node:crypto'

/** Proof that somebody was shown a page: a form is accepted only with that of its view. Nothing is stored. */
export type ViewNonces = {
  /** `subject`: the page, and whose it is. */
  readonly issue: (subject: string) => string
  readonly isValid: (subject: string, nonce: string) => boolean
}

const validSeconds = 12 * 3_600
const skewSeconds = 300

export const viewNonces = (derivingKey: Uint8Array, nowMs: () => number = Date.now): ViewNonces => {
  const now = () => Math.floor(nowMs() / 1_000)
  const nonceOf = (subject: string, issued: number): string =>
    `${issued}.${createHmac('sha256', derivingKey).update(`view\0${issued}\0${subject}`).digest('base64url')}`
  return {
    issue: (subject) => nonceOf(subject, now()),
    isValid: (subject, nonce) => {
      const issued = Number(/^(\d{1,12})\.[\w-]{43}$/.exec(nonce)?.[1] ?? NaN)
      const age = now() - issued
      if (!(age >= -skewSeconds && age <= validSeconds)) return false
      const expected = Buffer.from(nonceOf(subject, issued))
      const given = Buffer.from(nonce)
      return expected.length === given.length && timingSafeEqual(expected, given)
    },
  }
}
