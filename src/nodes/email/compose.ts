import MailComposer from 'nodemailer/lib/mail-composer'
import type { Mailbox } from './address'
import type { Message } from './message'

export type File = { readonly name: string; readonly contentType: string; readonly bytes: Uint8Array }

/** The message's bytes; blind copies appear in the envelope alone. Contents are bytes and text, never files or addresses to fetch. */
export const compose = (
  from: Mailbox,
  messageId: string,
  message: Message,
  files: ReadonlyArray<File>,
  date: Date,
): Promise<Buffer> =>
  new MailComposer({
    from,
    to: message.to.map((address) => ({ name: '', address })),
    cc: message.cc.map((address) => ({ name: '', address })),
    subject: message.subject,
    messageId,
    date,
    baseBoundary: messageId.slice(1, 37),
    headers: { 'X-Auto-Response-Suppress': 'All', 'Auto-Submitted': 'auto-generated' },
    disableFileAccess: true,
    disableUrlAccess: true,
    newline: 'win',
    [message.bodyType]: message.body,
    ...(message.plain === undefined ? {} : { text: message.plain }),
    attachments: files.map(({ name, contentType, bytes }) => ({
      filename: name,
      contentType,
      content: Buffer.from(bytes),
      contentDisposition: 'attachment',
    })),
  })
    .compile()
    .build()
