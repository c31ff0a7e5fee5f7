import { domainToASCII } from 'node:url'
import * as E from 'fp-ts/Either'

const longest = 254
/** A domain in its own script may be some times longer than in ASCII; turning it into ASCII takes time by the square of its length. */
const longestGiven = 4 * longest
const localPart = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/
const label = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?'
const domainPart = new RegExp(`^${label}(?:\\.${label})*$`)
const literal = /^\[(?:\d{1,3}(?:\.\d{1,3}){3}|IPv6:[0-9A-Fa-f:.]+)\]$/

/** One address of RFC 5321 in its dot-atom form, its domain in ASCII (IDNA); anything else is refused. */
export const addressOf = (text: string): E.Either<string, string> => {
  if (text.length > longestGiven) return E.left(`is longer than ${longest} characters`)
  const at = text.lastIndexOf('@')
  const local = text.slice(0, at)
  const domain = text.slice(at + 1)
  if (at < 1 || local.length > 64 || !localPart.test(local)) return E.left('is not an e-mail address')
  const ascii = literal.test(domain) ? domain : /[\p{Cc}\p{Cf}\p{Z}%/:?#@\\]/u.test(domain) ? '' : domainToASCII(domain)
  if (ascii !== domain && !/[^\x20-\x7e]/.test(domain) && ascii !== domain.toLowerCase())
    return E.left('has an invalid domain')
  if (!literal.test(ascii) && !domainPart.test(ascii)) return E.left('has an invalid domain')
  const address = `${local}@${ascii}`
  return address.length > longest ? E.left(`is longer than ${longest} characters`) : E.right(address)
}

export type Mailbox = { readonly name: string; readonly address: string }

/** `docs@example.com` or `Docs <docs@example.com>`. */
export const mailboxOf = (text: string): E.Either<string, Mailbox> => {
  const [, name, inner] = /^([^<>"\r\n]*)<([^<>]*)>$/.exec(text.trim()) ?? []
  const address = addressOf((inner ?? text).trim())
  return E.isLeft(address) ? address : E.right({ name: (name ?? '').trim(), address: address.right })
}
