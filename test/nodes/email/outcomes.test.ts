import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import { type AddressInfo, createServer } from 'node:net'
import type { SmtpConfig, SmtpSecret } from '../../../src/nodes/connections/smtp/config'
import type { EffectFault } from '../../../src/nodes/steps/step-run'
import { effectFaultOfSmtp } from '../../../src/nodes/email/smtp-fault'
import { type Sent, sendBySmtp } from '../../../src/nodes/email/smtp-send'
import { oneEach } from '../../../src/nodes/email/smtp-sessions'
import { type SmtpTarget } from '../../../src/nodes/email/smtp-session'
import { type Mailserver, startMailserver, startScriptedServer, willing } from '../../support/smtp'

const times = { connection: 2_000, greeting: 300, socket: 500, whole: 3_000 }
const policy = { allowPrivateAddresses: true, fileRoot: undefined }
const message = Buffer.from('Subject: Contract\r\n\r\nHello\r\n')
const recipients = ['ana@example.com', 'bia@example.com']

const target = (
  port: number,
  change: Partial<Omit<SmtpTarget, 'config'>> & { config?: Partial<SmtpConfig> } = {},
): SmtpTarget => ({
  secret: undefined,
  policy,
  times,
  ...change,
  config: { host: '127.0.0.1', port, from: 'docs@example.com', ...change.config },
})

const send = async (to: SmtpTarget, bytes = message): Promise<E.Either<EffectFault, Sent>> => {
  const sent = await sendBySmtp(oneEach, to, { from: 'docs@example.com', to: recipients }, bytes)()
  return E.isLeft(sent) ? E.left(effectFaultOfSmtp(to)(sent.left)) : sent
}

const expectFault = (
  result: E.Either<EffectFault, Sent>,
  happened: EffectFault['happened'],
  code: string,
  retryable: boolean,
) =>
  expect(result).to.nested.include({
    _tag: 'Left',
    'left.happened': happened,
    'left.fault.fault.code': code,
    'left.fault.retryable': retryable,
  })

const refusing = (code: number, only?: string) => ({
  onRcptTo: (address: { address: string }, _: unknown, done: (error?: Error | null) => void) => {
    const refused = only === undefined || address.address === only
    done(refused ? Object.assign(new Error('not here'), { responseCode: code }) : null)
  },
})

const closedPort = async (): Promise<number> => {
  const server = createServer()
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => {
    server.close(resolve)
  })
  return port
}

describe('what becomes of a message', () => {
  const servers: Array<{ readonly stop: () => Promise<void> }> = []
  const using = async <S extends { readonly stop: () => Promise<void> }>(starting: Promise<S>): Promise<S> => {
    const server = await starting
    servers.push(server)
    return server
  }
  afterEach(async () => {
    await Promise.all(servers.splice(0).map(({ stop }) => stop()))
  })

  it('taken for all', async () => {
    const server: Mailserver = await using(startMailserver())
    expect(await send(target(server.port))).to.deep.equal(E.right({ rejected: [] }))
    expect(server.arrived.map(({ to }) => to)).to.deep.equal([recipients])
  })

  it('one of two recipients refused: sent, with the refused one told', async () => {
    const server = await using(startMailserver(refusing(550, 'bia@example.com')))
    expect(await send(target(server.port))).to.deep.equal(E.right({ rejected: ['bia@example.com'] }))
    expect(server.arrived.map(({ to }) => to)).to.deep.equal([['ana@example.com']])
  })

  it('all refused with 550: never again', async () => {
    const server = await using(startMailserver(refusing(550)))
    const result = await send(target(server.port))
    expectFault(result, 'no', 'delivery.recipient_rejected', false)
    expect(result).to.have.nested.property('left.fault.fault.personal.params.email', recipients.join(', '))
  })

  it('greylisted with 450: later', async () => {
    const server = await using(startMailserver(refusing(450)))
    expectFault(await send(target(server.port)), 'no', 'rate_limited', true)
  })

  it('sender refused with 553: never again', async () => {
    const server = await using(
      startMailserver({
        onMailFrom: (_, __, done) => {
          done(Object.assign(new Error('no such sender'), { responseCode: 553 }))
        },
      }),
    )
    expectFault(await send(target(server.port)), 'no', 'delivery.message_refused', false)
  })

  it('wrong password, 535: never again, and the password is not told', async () => {
    const server = await using(
      startMailserver({
        onAuth: ({ username, password }, _, done) => {
          done(Object.assign(new Error(`no ${username} with ${password} here`), { responseCode: 535 }))
        },
      }),
    )
    const secret: SmtpSecret = { user: 'docs', password: 'hunter2hunter2' }
    const result = await send(target(server.port, { secret }))
    expectFault(result, 'no', 'delivery.smtp_auth_failed', false)
    expect(JSON.stringify(result)).to.include('***').and.not.include('hunter2')
  })

  it('nothing listens: later', async () => {
    expectFault(await send(target(await closedPort())), 'no', 'delivery.smtp_unreachable', true)
  })

  it('no such host: later', async () => {
    const to = target(25, { config: { host: 'mail.invalid' } })
    expectFault(await send(to), 'no', 'delivery.smtp_unreachable', true)
  })

  it('no greeting in time: later', async () => {
    const server = await using(startScriptedServer(undefined, () => undefined))
    expectFault(await send(target(server.port)), 'no', 'delivery.smtp_unreachable', true)
  })

  it('not ready, 421: later', async () => {
    const server = await using(startScriptedServer('421 too busy', () => undefined))
    expectFault(await send(target(server.port)), 'no', 'delivery.smtp_unreachable', true)
  })

  it('larger than announced: never again, with the limit told', async () => {
    const server = await using(startMailserver({ size: 3 * 1_048_576 }))
    const result = await send(target(server.port), Buffer.alloc(4 * 1_048_576, 'a'))
    expectFault(result, 'no', 'delivery.attachment_too_large', false)
    expect(result).to.have.nested.property('left.fault.fault.personal.params.limit', '3 MB')
  })

  it('too large, 552 after the text: never again', async () => {
    const server = await using(
      startScriptedServer('220 hello', (line, say, socket) => {
        if (line === '.') say('552 too large')
        else willing(() => false)(line, say, socket)
      }),
    )
    expectFault(await send(target(server.port)), 'no', 'delivery.attachment_too_large', false)
  })

  it('refused for now, 451 after the text: later', async () => {
    const server = await using(
      startScriptedServer('220 hello', (line, say, socket) => {
        if (line === '.') say('451 try later')
        else willing(() => false)(line, say, socket)
      }),
    )
    expectFault(await send(target(server.port)), 'no', 'rate_limited', true)
  })

  it('cut before the text is asked for: later', async () => {
    const server = await using(
      startScriptedServer(
        '220 hello',
        willing((line, socket) => {
          if (!/^DATA/i.test(line)) return false
          socket.destroy()
          return true
        }),
      ),
    )
    expectFault(await send(target(server.port)), 'no', 'delivery.smtp_unreachable', true)
  })

  it('cut in the middle of the text: nobody knows', async () => {
    const server = await using(
      startScriptedServer(
        '220 hello',
        willing((_, socket, inData) => {
          if (inData) socket.destroy()
          return inData
        }),
      ),
    )
    expect(await send(target(server.port))).to.nested.include({ _tag: 'Left', 'left.happened': 'unknown' })
  })

  it('no answer to the whole text: nobody knows', async () => {
    const server = await using(
      startScriptedServer(
        '220 hello',
        willing((_, __, inData) => inData),
      ),
    )
    expect(await send(target(server.port))).to.nested.include({ _tag: 'Left', 'left.happened': 'unknown' })
  })

  it('no end at all: given up after the time for all together', async () => {
    const server = await using(
      startScriptedServer('220 hello', (_, say) => {
        setInterval(() => {
          say('250-still thinking')
        }, 50).unref()
      }),
    )
    const result = await send(target(server.port, { times: { ...times, whole: 400 } }))
    expectFault(result, 'no', 'delivery.smtp_unreachable', true)
  })

  it('a private address: refused before anything is sent', async () => {
    const server = await using(startMailserver())
    const closed = { policy: { ...policy, allowPrivateAddresses: false } }
    for (const host of ['127.0.0.1', 'localhost', '2130706433', '::ffff:127.0.0.1'])
      expectFault(
        await send(target(server.port, { ...closed, config: { host } })),
        'no',
        'permissions.address_not_allowed',
        false,
      )
    expect(server.arrived).to.deep.equal([])
  })
})
