import * as E from 'fp-ts/Either'
import type { SmtpConfig, SmtpSecret } from '../connections/smtp/config'

/** A mail server of the product's own, without the sender. */
export type SmtpServer = {
  readonly config: Omit<SmtpConfig, 'from'>
  readonly secret: SmtpSecret | undefined
}

const ports: Readonly<Record<string, number>> = { 'smtp:': 587, 'smtps:': 465 }

/** `smtp://user:password@host:port`, or `smtps:` for TLS from the first byte. */
export const smtpServerOf = (text: string): E.Either<string, SmtpServer> => {
  if (!URL.canParse(text)) return E.left('must be smtp(s)://user:password@host:port')
  const { protocol, hostname, port, username, password } = new URL(text)
  const usual = ports[protocol]
  if (usual === undefined || hostname === '') return E.left('must be smtp(s)://user:password@host:port')
  return E.right({
    config: { host: hostname, port: port === '' ? usual : Number(port), secure: protocol === 'smtps:' },
    secret:
      username === '' ? undefined : { user: decodeURIComponent(username), password: decodeURIComponent(password) },
  })
}
