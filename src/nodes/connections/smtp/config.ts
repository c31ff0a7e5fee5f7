import { isIP } from 'node:net'
import * as E from 'fp-ts/Either'
import * as t from 'io-ts'
import { checkedText, exactObject, text, wholeNumber } from '../../../domain/exact'
import { addressOf, mailboxOf } from '../../email/address'

// a host is valid where it would be as an address's domain
const host = checkedText('host', 253, (value) =>
  isIP(value.replace(/^\[|\]$/g, '')) > 0 ? E.right(value) : addressOf(`x@${value}`),
)

export const SmtpConfig = exactObject(
  'SmtpConfig',
  { host, port: wholeNumber(1, 65_535), from: checkedText('from', 320, mailboxOf) },
  { secure: t.boolean },
)
export type SmtpConfig = t.TypeOf<typeof SmtpConfig>
export const SmtpSecret = exactObject('SmtpSecret', { user: text(500), password: text(2_000) }, {})
export type SmtpSecret = t.TypeOf<typeof SmtpSecret>
