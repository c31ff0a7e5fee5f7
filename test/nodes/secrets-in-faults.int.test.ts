import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import fc from 'fast-check'
import * as E from 'fp-ts/Either'
import * as TE from 'fp-ts/TaskEither'
import type { Connection } from '../../src/domain/connection'
import { type Fault, fault } from '../../src/domain/fault'
import type { JsonObject } from '../../src/domain/json'
import { probeConnection } from '../../src/nodes/connections/probe'
import { reportOf } from '../../src/nodes/connections/report'
import type { StorageSecret } from '../../src/nodes/connections/storage/config'
import { effectFaultOfSmtp } from '../../src/nodes/email/smtp-fault'
import { sendBySmtp } from '../../src/nodes/email/smtp-send'
import { oneEach } from '../../src/nodes/email/smtp-sessions'
import { targetOf } from '../../src/nodes/storage/target-of'
import { faultOfStorage } from '../../src/nodes/storage/storage-fault'
import { connectionOf, organizationId } from '../support/node-run'
import { encodings, secretText } from '../support/secrets'
import { startScriptedServer, willing } from '../support/smtp'

/** A secret that lasts. */
const neverDue = { renew: () => TE.of(E.right(undefined)) }
const policy = { allowPrivateAddresses: true, fileRoot: undefined }
const encoding = fc.constantFrom(...Object.values(encodings))
// what an answer of one line can hold
const oneLine = secretText.filter((secret) => !/[\r\n\0]/.test(secret))
const runs = { numRuns: 60 }

const inXml = (text: string): string =>
  text.replace(/[&<>]/g, (char) => `&#${char.charCodeAt(0)};`).replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd]/g, '?')

const refusalBy = async (connection: Connection, secret: JsonObject): Promise<Fault> => {
  const findings = await probeConnection(connection, E.right(secret), { outgoing: policy, secrets: neverDue })()
  const report = reportOf(connection, findings, new Date().toISOString())
  if (report?.fault == null) throw new Error('the connection works')
  return report.fault
}

/** What is shorter may stand in any code or host by chance. */
const telling = 8

const expectNothingOf = ({ code, personal }: Fault, ...secrets: ReadonlyArray<string>) => {
  const whole = JSON.stringify([code, personal])
  for (const secret of secrets)
    for (const form of [secret, JSON.stringify(secret).slice(1, -1)]) {
      expect(personal.tech).to.not.include(form)
      if (form.length >= telling) expect(whole).to.not.include(form)
    }
}

describe("a connection's secret", () => {
  /** What the servers quote. */
  let quoted = ''
  const stops: Array<() => Promise<unknown>> = []
  after(() => Promise.all(stops.map((stop) => stop())))

  it('is in no fault of a mail server that says it again at the login', async () => {
    const { port, stop } = await startScriptedServer('220 hello', (line, say) => {
      if (/^EHLO/i.test(line)) say('250-test\r\n250 AUTH PLAIN')
      else say(`535 5.7.8 no ${quoted} here`)
    })
    stops.push(stop)
    const connection = connectionOf('smtp', { host: '127.0.0.1', port, from: 'docs@example.com' })
    await fc.assert(
      fc.asyncProperty(oneLine, oneLine, encoding, async (user, password, encoded) => {
        quoted = `${encoded(password)} of ${encoded(user)} ${Buffer.from(`\0${user}\0${password}`).toString('base64')}`
        const said = await refusalBy(connection, { user, password })
        expect(said.code).to.equal('delivery.smtp_auth_failed')
        expectNothingOf(said, password, user, encoded(password))
      }),
      runs,
    )
  })

  it('and the letter are in no fault of a mail server that says them again after the text', async () => {
    const letter = 'Dear Ana Silva, your salary will be 4711 from May on.'
    const { port, stop } = await startScriptedServer('220 hello', (line, say, socket) => {
      if (/^EHLO/i.test(line)) say('250-test\r\n250 AUTH PLAIN')
      else if (/^AUTH/i.test(line)) say('235 welcome')
      else if (line === '.') say(`554 spam: ${letter} ${quoted}`)
      else willing(() => false)(line, say, socket)
    })
    stops.push(stop)
    await fc.assert(
      fc.asyncProperty(oneLine, encoding, async (password, encoded) => {
        quoted = encoded(password)
        const target = {
          config: { host: '127.0.0.1', port, from: 'docs@example.com' },
          secret: { user: 'docs@example.com', password },
          policy,
          times: { connection: 2_000, greeting: 2_000, socket: 2_000, whole: 5_000 },
        }
        const envelope = { from: 'docs@example.com', to: ['ana@example.com'] }
        const sent = await sendBySmtp(oneEach, target, envelope, Buffer.from(`Subject: x\r\n\r\n${letter}`))()
        if (E.isRight(sent)) throw new Error('the message was taken')
        const said = effectFaultOfSmtp(target, letter)(sent.left).fault.fault
        expect(said.code).to.equal('delivery.message_refused')
        expect(JSON.stringify(said)).to.not.match(/Silva|salary|4711/)
        expectNothingOf(said, password, encoded(password))
      }),
      runs,
    )
  })

  it('is in no fault of a store that says it again', async () => {
    const server = createServer((req, res) => {
      req.resume()
      res.writeHead(req.method === 'HEAD' ? 404 : 403, { 'Content-Type': 'application/xml' })
      res.end(`<Error><Code>${inXml(quoted)}</Code><Message>${inXml(quoted)}</Message></Error>`)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    stops.push(() => new Promise((resolve) => server.close(resolve)))
    const { port } = server.address() as AddressInfo
    const url = `s3://archive?endpoint=http://127.0.0.1:${port}`
    const file = { folder: [], name: 'a.docx', contentType: 'x/y', sha256: 'ab', bytes: new Uint8Array(1) }
    const refusal = async (secret: StorageSecret): Promise<Fault> => {
      const target = targetOf({ config: { url }, secret }, organizationId, policy)
      if (E.isLeft(target)) throw new Error(target.left)
      return target.right.write(file).then(
        () => Promise.reject(new Error('the file was taken')),
        (error: unknown) => faultOfStorage(url, secret, error).fault,
      )
    }
    // a key id goes out as a header
    const id = fc.string({ unit: fc.constantFrom(...Array.from('AKIZ09+/=')), minLength: 4, maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(id, oneLine, encoding, async (access_key_id, secret_access_key, encoded) => {
        quoted = `${encoded(secret_access_key)} ${encoded(access_key_id)}`
        const said = await refusal({ access_key_id, secret_access_key })
        expect(said.code).to.equal('delivery.storage_write_denied')
        expect(said.personal.tech).to.include('***')
        expectNothingOf(said, secret_access_key, access_key_id, encoded(secret_access_key))
      }),
      runs,
    )
  })

  it('is in no fault that names an address with credentials, as of a webhook or a folder', () => {
    const plain = fc.string({ unit: fc.constantFrom(...Array.from('aZ09-_.~')), minLength: 6, maxLength: 40 })
    fc.assert(
      fc.property(plain, plain, (user, password) => {
        for (const url of [
          `https://${user}:${password}@hooks.example.com/in`,
          `https://hooks.example.com/in?token=${password}`,
          `https://hooks.example.com/in?x=1&api_key=${password}#top`,
          `file:///archive?secret=${password}`,
        ]) {
          const { tech } = fault(
            'internal_error',
            { label: 'x' },
            `Error: connect ECONNREFUSED ${url}\n    at x`,
          ).personal
          expect(tech).to.not.include(password)
        }
      }),
    )
  })
})
