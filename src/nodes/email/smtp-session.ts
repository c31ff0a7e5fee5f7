import { isIP } from 'node:net'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { SmtpConfig, SmtpSecret } from '../connections/smtp/config'
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

type Connection = InstanceType<typeof SMTPConnection>

/** Connected and logged in. `greeting` is the server's answer to EHLO. */
export type SmtpSession = {
  readonly connection: Connection
  readonly greeting: string
  /** Rejects when the connection is lost. */
  readonly broken: Promise<never>
  readonly close: () => void
}

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

const connected = (connection: Connection): Promise<void> =>
  new Promise((resolve, reject) => {
    connection.connect((error) => (error ? reject(error) : resolve()))
  })

const loggedIn = (connection: Connection, { user, password }: SmtpSecret): Promise<void> =>
  new Promise((resolve, reject) => {
    connection.login({ credentials: { user, pass: password } }, (error) => (error ? reject(error) : resolve()))
  })

const tooLong = (ms: number): Error => Object.assign(new Error(`no end within ${ms} ms`), { code: 'ETIMEDOUT' })

const within = async <A>(ms: number, ...works: ReadonlyArray<Promise<A>>): Promise<A> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(tooLong(ms))
    }, ms)
  })
  try {
    return await Promise.race([...works, late])
  } finally {
    clearTimeout(timer)
  }
}

const lost = (connection: Connection): Promise<never> => {
  const broken = new Promise<never>((_, reject) => {
    connection.on('error', reject)
    connection.on('end', () => {
      reject(Object.assign(new Error('the connection was closed'), { code: 'ECONNECTION' }))
    })
  })
  // Nobody listens while the session is kept for the next message.
  broken.catch(() => undefined)
  return broken
}

/** Connects to the pinned address and logs in. */
export const openSmtp = async (target: SmtpTarget): Promise<SmtpSession> => {
  const connection = new SMTPConnection(smtpOptions(target, await pinnedAddress(target.config.host, target.policy)))
  const broken = lost(connection)
  const open = async () => {
    await connected(connection)
    const greeting = connection.lastServerResponse || ''
    if (target.secret !== undefined) await loggedIn(connection, target.secret)
    return greeting
  }
  try {
    const greeting = await within<string>(target.times.whole, open(), broken)
    return { connection, greeting, broken, close: () => connection.close() }
  } catch (error) {
    connection.close()
    throw error
  }
}

export type SmtpUse<A> = (connection: Connection, greeting: string) => Promise<A>

/** Rejects when the connection is lost or the target's whole time is over; the session is then of no more use. */
export const useSmtp = <A>({ connection, greeting, broken }: SmtpSession, { times }: SmtpTarget, use: SmtpUse<A>) =>
  within<A>(times.whole, use(connection, greeting), broken)
