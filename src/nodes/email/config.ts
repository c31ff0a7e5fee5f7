import * as t from 'io-ts'
import { ConnectionId } from '../../domain/ids'
import { exactObject, listOf, oneOf } from '../../domain/exact'
import { templateText } from '../texts/references'

const recipients = listOf(templateText(500), 50)

const isAttachment = (u: unknown): u is 'previous' | number =>
  u === 'previous' || (typeof u === 'number' && Number.isInteger(u) && u >= 2 && u <= 50)

/** `previous`: the last document before this step; a number: the document of the step at that position. */
export const Attachment = new t.Type<'previous' | number, unknown>(
  'attachment',
  isAttachment,
  (u, c) => {
    const value = typeof u === 'string' && /^\d{1,2}$/.test(u) ? Number(u) : u
    return isAttachment(value)
      ? t.success(value)
      : t.failure(u, c, 'must be "previous" or the position of a document step')
  },
  t.identity,
)

export const EmailConfig = exactObject(
  'EmailConfig',
  {
    connection_id: ConnectionId,
    to: recipients,
    subject_template: templateText(1_000),
  },
  {
    body_template: templateText(100_000, { min: 0, lines: true }),
    body_type: oneOf('html', 'text'),
    cc: recipients,
    bcc: recipients,
    attachments: listOf(Attachment, 10),
  },
)
export type EmailConfig = t.TypeOf<typeof EmailConfig>
