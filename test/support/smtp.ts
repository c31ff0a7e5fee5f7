import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'

export type Arrived = {
  readonly from: string
  readonly to: ReadonlyArray<string>
  readonly email: Email
  readonly raw: string
}

export type Mailserver = {
  readonly port: number
  readonly arrived: ReadonlyArray<Arrived>
  readonly stop: () => Promise<void>
}

const portOf = (address: AddressInfo | string | null): number => (address as AddressInfo).port

/** A real SMTP server that keeps what it takes. */
export const startMailserver = async (options: SMTPServerOptions = {}): Promise<Mailserver> => {
  const arrived: Array<Arrived> = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    closeTimeout: 200,
    logger: false,
    onData: (stream, session, done) => {
      const chunks: Array<Buffer> = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        if (stream.sizeExceeded) {
          done(Object.assign(new Error('message too large'), { responseCode: 552 }))
          return
        }
        const raw = Buffer.concat(chunks)
        void PostalMime.parse(raw).then((email) => {
          const { mailFrom, rcptTo } = session.envelope
          arrived.push({
            from: mailFrom === false ? '' : mailFrom.address,
            to: rcptTo.map(({ address }) => address),
            email,
            raw: raw.toString(),
          })
          done()
        })
      })
    },
    ...options,
  })
  server.on('error', () => undefined)
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    port: portOf(server.server.address()),
    arrived,
    stop: () =>
      new Promise((resolve) => {
        server.close(resolve)
      }),
  }
}

export type Talk = (line: string, say: (answer: string) => void, socket: Socket) => void

/** A server that says what the script says; for what a real one does not do on demand. */
export const startScriptedServer = async (
  greeting: string | undefined,
  talk: Talk,
): Promise<{ readonly port: number; readonly stop: () => Promise<void> }> => {
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
    let rest = ''
    socket.on('data', (chunk) => {
      const lines = (rest + chunk.toString()).split('\r\n')
      rest = lines.pop() ?? ''
      for (const line of lines) talk(line, (answer) => socket.write(`${answer}\r\n`), socket)
    })
    if (greeting !== undefined) socket.write(`${greeting}\r\n`)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    port: portOf(server.address()),
    stop: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => {
          resolve()
        })
      }),
  }
}

/** Answers as a willing server, until `at` sees something else to do. */
export const willing =
  (at: (line: string, socket: Socket, inData: boolean) => boolean): Talk =>
  (line, say, socket) => {
    const inData = open.has(socket)
    if (at(line, socket, inData)) return
    if (inData) {
      if (line !== '.') return
      open.delete(socket)
      say('250 taken')
    } else if (/^EHLO/i.test(line)) say('250-test\r\n250 8BITMIME')
    else if (/^DATA/i.test(line)) {
      open.add(socket)
      say('354 go on')
    } else say('250 ok')
  }

const open = new WeakSet<Socket>()
