import * as E from 'fp-ts/Either'
import { type Mailbox, mailboxOf } from './address'
import type { SmtpTarget } from './smtp-session'

export const senderOf = ({ config }: SmtpTarget): Mailbox => {
  const from = mailboxOf(config.from)
  return E.isRight(from) ? from.right : { name: '', address: config.from }
}
