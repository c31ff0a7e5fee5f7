import { Readable } from 'node:stream'
import * as E from 'fp-ts/Either'
import type * as TE from 'fp-ts/TaskEither'
import type { SmtpTarget } from './smtp-session'
import type { SmtpSessions } from './smtp-sessions'

export type Sent = { readonly rejected: ReadonlyArray<string> }
export type SmtpFailure = {
  /** Whether the server may have the message: its text had begun to go out. */
  readonly begun: boolean
  readonly error: unknown
  /** Bytes, as the server announced it. */
  readonly limit: number | undefined
}

const sizeLimit = (greeting: string): number | undefined => {
  const size = Number(/^250[ -]SIZE (\d+)/im.exec(greeting)?.[1] ?? 0)
  return size > 0 ? size : undefined
}

/** Hands over the bytes when the server asks for them, and notes that. */
const noting = (bytes: Buffer, onFirstRead: () => void): Readable => {
  let left: Buffer | null = bytes
  return new Readable({
    read() {
      onFirstRead()
      this.push(left)
      if (left !== null) this.push(null)
      left = null
    },
  })
}

/** One message to all recipients. Right when the server has taken it for at least one of them. */
export const sendBySmtp =
  (
    sessions: SmtpSessions,
    target: SmtpTarget,
    envelope: { readonly from: string; readonly to: ReadonlyArray<string> },
    message: Buffer,
  ): TE.TaskEither<SmtpFailure, Sent> =>
  async () => {
    let begun = false
    let limit: number | undefined
    const onFirstRead = () => {
      begun = true
    }
    try {
      const sent = await sessions.use(
        target,
        (connection, greeting) => {
          limit = sizeLimit(greeting)
          return new Promise<Sent>((resolve, reject) => {
            connection.send(
              { from: envelope.from, to: [...envelope.to], size: message.length },
              noting(message, onFirstRead),
              (error, info) => (error ? reject(error) : resolve({ rejected: info.rejected })),
            )
          })
        },
        () => !begun,
      )
      return E.right(sent)
    } catch (error) {
      return E.left({ begun, error, limit })
    }
  }
