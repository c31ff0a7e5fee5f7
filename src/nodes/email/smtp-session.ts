import { isIP } from 'node:net'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { SmtpConfig, SmtpSecret } from '../connection-config'
import { isLoopback, pinnedAddress } from '../outgoing/address'
import type { OutgoingPolicy } from '../outgoing/policy'

/** Milliseconds. */
export type SmtpTimes = {
  readonly connection: number
  readonly greeting: number
  readonly socket: number
  /** All together. */
  readonly whole: number
}

export const smtpTimes: SmtpTimes = { connection: 10_000, greeting: 10_000, socket: 30_000, whole: 50_000 }

export type SmtpTarget = {
  readonly config: SmtpConfig
  readonly secret: SmtpSecret | undefined
  readonly policy: OutgoingPolicy
  readonly times: SmtpTimes
}

type Session = InstanceType<typeof SMTPConnection>

export const smtpOptions = ({ config, secret, times }: SmtpTarget, address: string) => {
  const secure = config.secure ?? false
  const local = isLoopback(address)
  return {
    host: address,
    port: config.port,
    secure,
    // a number is checked as the certificate's address, a name as its name
    ...(isIP(config.host) > 0 || config.host.startsWith('[') ? {} : { servername: config.host }),
    tls: { minVersion: 'TLSv1.2' as const },
    // a password goes out encrypted or not at all, except to this very machine
    requireTLS: !secure && secret !== undefined && !local,
    ignoreTLS: !secure && local,
    connectionTimeout: times.connection,
    greetingTimeout: times.greeting,
    socketTimeout: times.socket,
    socketCloseTimeout: 1_000,
    maxResponseSize: 65_536,
  }
}

const connected = (session: Session): Promise<void> =>
  new Promise((resolve, reject) => {
    session.connect((error) => (error ? reject(error) : resolve()))
  })

const loggedIn = (session: Session, { user, password }: SmtpSecret): Promise<void> =>
  new Promise((resolve, reject) => {
    session.login({ credentials: { user, pass: password } }, (error) => (error ? reject(error) : resolve()))
  })

const tooLong = (ms: number): Error => Object.assign(new Error(`no end within ${ms} ms`), { code: 'ETIMEDOUT' })

/** Connects to the pinned address, says who it is, does `use` and closes. `greeting` is the server's answer to EHLO. */
export const withSmtp = async <A>(
  target: SmtpTarget,
  use: (session: Session, greeting: string) => Promise<A>,
): Promise<A> => {
  const session = new SMTPConnection(smtpOptions(target, await pinnedAddress(target.config.host, target.policy)))
  let timer: NodeJS.Timeout | undefined
  const broken = new Promise<never>((_, reject) => {
    session.on('error', reject)
    timer = setTimeout(() => {
      reject(tooLong(target.times.whole))
    }, target.times.whole)
  })
  const work = async () => {
    await connected(session)
    const greeting = session.lastServerResponse || ''
    if (target.secret !== undefined) await loggedIn(session, target.secret)
    const result = await use(session, greeting)
    session.quit()
    return result
  }
  try {
    return await Promise.race([work(), broken])
  } finally {
    clearTimeout(timer)
    session.close()
  }
}
