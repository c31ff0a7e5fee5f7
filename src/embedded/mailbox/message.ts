import { createHash } from 'node:crypto'
import PostalMime from 'postal-mime'

export type Envelope = { readonly from: string; readonly to: ReadonlyArray<string> }

/** What is kept beside the mail as it came. Sizes in bytes, `receivedAt` ISO 8601, addresses of the envelope as the sender gave them. */
export type Message = {
  readonly id: string
  readonly receivedAt: string
  readonly size: number
  readonly envelope: Envelope
  readonly messageId: string
  readonly subject: string
  readonly headers: ReadonlyArray<{ readonly key: string; readonly value: string }>
  readonly text: string
  readonly html: string
  readonly attachments: ReadonlyArray<Attachment>
}

type Attachment = {
  readonly filename: string
  readonly mimeType: string
  readonly size: number
  readonly sha256: string
}

const bytes = (content: ArrayBuffer | Uint8Array | string): Buffer =>
  typeof content === 'string'
    ? Buffer.from(content)
    : content instanceof Uint8Array
      ? Buffer.from(content)
      : Buffer.from(new Uint8Array(content))

/** The attachments' contents in the order of `Message.attachments`. */
export const attachmentContents = async (raw: Buffer): Promise<ReadonlyArray<Buffer>> =>
  (await PostalMime.parse(raw)).attachments.map(({ content }) => bytes(content))

export const parseMessage = async (id: string, receivedAt: Date, envelope: Envelope, raw: Buffer): Promise<Message> => {
  const mail = await PostalMime.parse(raw)
  return {
    id,
    receivedAt: receivedAt.toISOString(),
    size: raw.length,
    envelope,
    messageId: mail.messageId ?? '',
    subject: mail.subject ?? '',
    headers: mail.headers.map(({ key, value }) => ({ key, value })),
    text: mail.text ?? '',
    html: mail.html ?? '',
    attachments: mail.attachments.map(({ filename, mimeType, content }) => ({
      filename: filename ?? '',
      mimeType,
      size: bytes(content).length,
      sha256: createHash('sha256').update(bytes(content)).digest('hex'),
    })),
  }
}
