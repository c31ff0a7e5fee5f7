import { type Readable } from 'node:stream'
import { SMTPServer, type SMTPServerSession } from 'smtp-server'
import { type Envelope } from './message'

const sizeLimit = 50 * 1024 * 1024

const envelopeOf = ({ envelope }: SMTPServerSession): Envelope => ({
  from: envelope.mailFrom === false ? '' : envelope.mailFrom.address,
  to: envelope.rcptTo.map(({ address }) => address),
})

const refusal = (responseCode: number, text: string) => Object.assign(new Error(text), { responseCode })

const collect = async (stream: Readable & { sizeExceeded?: boolean }): Promise<Buffer> => {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= sizeLimit) chunks.push(chunk)
  }
  if (size > sizeLimit) throw refusal(552, 'This mailbox takes mails up to 50 MiB')
  return Buffer.concat(chunks)
}

/** Takes any mail for anybody, with or without a log-in. The mail is answered 250 only when `accept` has kept it. */
export const smtpServer = (accept: (envelope: Envelope, raw: Buffer) => Promise<unknown>): SMTPServer =>
  new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    size: sizeLimit,
    onAuth: (auth, _session, callback) => {
      callback(null, { user: auth.username ?? '' })
    },
    onData: (stream, session, callback) => {
      collect(stream)
        .then((raw) => accept(envelopeOf(session), raw))
        .then(
          () => {
            callback()
          },
          (error: unknown) => {
            callback(error instanceof Error ? error : refusal(451, 'The mail could not be kept'))
          },
        )
    },
  })
