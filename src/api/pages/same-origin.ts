import type { IncomingMessage } from 'node:http'
import { headerOf } from '../context'

/**
 * Whether a form may come from a page of ours. Under `no-referrer` a browser says `Origin: null` even then, so Sec-Fetch-Site decides where it
 * is sent (HTTPS and localhost); elsewhere an origin that is named must be ours. What passes still needs the nonce of its view.
 */
export const isSameOrigin = (req: IncomingMessage): boolean => {
  const site = headerOf(req, 'sec-fetch-site')
  if (site !== undefined) return site === 'same-origin'
  const origin = headerOf(req, 'origin')
  if (origin === undefined || origin === 'null') return true
  return URL.canParse(origin) && new URL(origin).host === headerOf(req, 'host')?.toLowerCase()
}
