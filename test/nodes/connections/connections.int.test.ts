import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import * as TE from 'fp-ts/TaskEither'
import type { Connection } from '../../../src/domain/connection'
import type { JsonObject } from '../../../src/domain/json'
import { probeConnection } from '../../../src/nodes/connections/probe'
import { connectionTypeOf } from '../../../src/nodes/connections/registry'
import type { OutgoingPolicy } from '../../../src/nodes/outgoing/policy'
import { faultOfStorage } from '../../../src/nodes/storage/storage-fault'
import { connectionOf } from '../../support/node-run'
import { s3Credentials, startS3 } from '../../support/s3'
import { startMailserver, startScriptedServer } from '../../support/smtp'

const outgoing: OutgoingPolicy = { allowPrivateAddresses: true, fileRoot: undefined }
const neverDue = { renew: () => TE.of(E.right(undefined)) }
const smtpAt = (port: number) => connectionOf('smtp', { host: '127.0.0.1', port, from: 'docs@example.com' })

const probe = (connection: Connection, secret?: JsonObject, policy = outgoing) =>
  probeConnection(connection, E.right(secret), { outgoing: policy, secrets: neverDue })()
const codesOf = async (...asked: Parameters<typeof probe>) => (await probe(...asked)).map(({ code }) => code)

const pointersOf = (type: string, config: unknown) => {
  const decoded = connectionTypeOf(type)?.decodeConfig(config)
  return decoded !== undefined && E.isLeft(decoded) ? decoded.left.map(({ pointer }) => pointer) : []
}

describe('connections', () => {
  it('of SMTP name a host, a port and a sender', () => {
    const good = { host: 'mail.example.com', port: 587, secure: false, from: 'Docs <docs@example.com>' }
    expect(pointersOf('smtp', good)).to.deep.equal([])
    for (const host of ['127.0.0.1', '::1', 'localhost', 'açaí.com.br'])
      expect(pointersOf('smtp', { ...good, host })).to.deep.equal([])
    for (const host of ['', 'a b', 'a\r\nb', 'http://a', 'a/b', 'a:25'])
      expect(pointersOf('smtp', { ...good, host }), host).to.deep.equal(['/host'])
    expect(pointersOf('smtp', { host: 'a', port: 70_000, from: 'x\r\nBcc: y', password: 'x' })).to.deep.equal([
      '/port',
      '/from',
      '/password',
    ])
  })

  it('of storage name a destination, and keep the key apart', () => {
    expect(pointersOf('storage', { url: 'file:./.data/archive' })).to.deep.equal([])
    expect(pointersOf('storage', { url: 's3://key:secret@bucket' })).to.deep.equal(['/url'])
    expect(connectionTypeOf('storage')?.decodeSecret({ access_key_id: 'a' })).to.nested.include({
      'left[0].pointer': '/secret_access_key',
    })
    expect(connectionTypeOf('toString')).to.equal(undefined)
  })

  it('of an unknown type, with a configuration that is not usable, or with a secret that no key opens are found', async () => {
    expect(await codesOf(connectionOf('fax', {}))).to.deep.equal(['permissions.connection_missing'])
    expect(await codesOf(connectionOf('smtp', { host: 'a' }))).to.deep.equal(['permissions.connection_missing'])
    const unreadable = E.left({ _tag: 'SecretUnreadable' as const, reason: 'sealed with key 12' })
    expect(await probeConnection(smtpAt(1), unreadable, { outgoing, secrets: neverDue })()).to.deep.equal([
      { code: 'permissions.secret_unreadable', params: { provider: 'SMTP' }, tech: 'sealed with key 12' },
    ])
  })
})

describe('probes of SMTP connections', () => {
  it('log in and send nothing', async () => {
    const server = await startMailserver({
      authOptional: false,
      onAuth: ({ password }, _, done) => {
        if (password === 'right') done(null, { user: 'docs' })
        else done(Object.assign(new Error('no'), { responseCode: 535 }))
      },
    })
    const connection = smtpAt(server.port)
    expect(await probe(connection, { user: 'docs', password: 'right' })).to.deep.equal([])
    const [refused] = await probe(connection, { user: 'docs', password: 'wrong' })
    expect(refused).to.include({ code: 'delivery.smtp_auth_failed' })
    expect(refused?.tech).to.include('535').and.not.include('wrong')
    expect(await codesOf(connection, undefined, { ...outgoing, allowPrivateAddresses: false })).to.deep.equal([
      'permissions.address_not_allowed',
    ])
    expect(server.arrived).to.deep.equal([])
    await server.stop()
    expect(await codesOf(connection)).to.deep.equal(['delivery.smtp_unreachable'])
  })

  it('end in time where a server takes the connection and stays silent', async () => {
    const server = await startScriptedServer(undefined, () => undefined)
    expect(await codesOf(smtpAt(server.port))).to.deep.equal(['delivery.smtp_unreachable'])
    await server.stop()
  })
})

describe('probes of storage connections', () => {
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'docg-probe-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))
  const at = (path: string) => connectionOf('storage', { url: `file:${folder}${path}` })

  it('write where a step would, and leave nothing', async () => {
    expect(await probe(at(''))).to.deep.equal([])
    expect(await probe(at('/new/and/deeper'))).to.deep.equal([])
    expect(await readdir(folder)).to.deep.equal([])
    expect(
      await probe(connectionOf('storage', { url: 'file:./mine' }), undefined, { ...outgoing, fileRoot: folder }),
    ).to.deep.equal([])
    expect(await readdir(folder)).to.deep.equal([])
  })

  it('find a file where the folder should be, and a folder that may not be written', async () => {
    await writeFile(join(folder, 'file'), '')
    expect(await codesOf(at('/file'))).to.deep.equal(['delivery.destination_not_found'])
    expect(await codesOf(at('/file/x'))).to.deep.equal(['delivery.destination_not_found'])
    await mkdir(join(folder, 'closed'))
    await chmod(join(folder, 'closed'), 0o500)
    // root may write everywhere
    expect(await codesOf(at('/closed'))).to.deep.equal(
      process.getuid?.() === 0 ? [] : ['delivery.storage_write_denied'],
    )
  })

  it('tell a full disk, with what the system says', () => {
    for (const code of ['ENOSPC', 'EDQUOT']) {
      const full = Object.assign(new Error(`${code}: no space left on device, write`), { code })
      const found = faultOfStorage('file:/archive', undefined, full)
      expect(found).to.nested.include({ 'fault.code': 'delivery.storage_full', retryable: true })
      expect(found.fault.personal.tech).to.include(code)
    }
  })

  it('of buckets ask for what cannot be, where a server knows conditions', async () => {
    let answer = 412
    const asked: Array<string | undefined> = []
    const server = createServer((req, res) => {
      asked.push(`${req.method ?? ''} ${new URL(req.url ?? '', 'http://x').pathname}`)
      req.resume()
      res.writeHead(req.method === 'PUT' ? answer : 200).end()
    })
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    const { port } = server.address() as AddressInfo
    const bucket = connectionOf('storage', { url: `s3://archive/prefix?endpoint=http://127.0.0.1:${port}` })
    const secret = { access_key_id: 'a', secret_access_key: 'b' }
    try {
      for (answer of [412, 404, 501]) expect(await probe(bucket, secret), String(answer)).to.deep.equal([])
      expect(asked.slice(0, 2)).to.deep.equal(['HEAD /archive/', 'PUT /archive/prefix/.docg-probe'])
      expect(asked.some((each) => each?.startsWith('DELETE'))).to.equal(false)
      answer = 403
      expect(await codesOf(bucket, secret)).to.deep.equal(['delivery.storage_write_denied'])
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })

  it('of buckets look whether it is there and may be written, and leave nothing', async () => {
    const s3 = await startS3('archive')
    const secret = { access_key_id: s3Credentials.accessKeyId, secret_access_key: s3Credentials.secretAccessKey }
    const bucket = (name: string) => connectionOf('storage', { url: `s3://${name}?endpoint=${s3.endpoint}` })
    expect(await probe(bucket('archive'), secret)).to.deep.equal([])
    expect(await readdir(join(s3.folder, 'archive'))).to.deep.equal([])
    expect(await codesOf(bucket('archive'), { ...secret, access_key_id: 'OTHER' })).to.deep.equal([
      'delivery.storage_write_denied',
    ])
    expect(await codesOf(bucket('elsewhere'), secret)).to.deep.equal(['delivery.destination_not_found'])
    expect(await codesOf(bucket('archive'))).to.deep.equal(['permissions.connection_missing'])
    await s3.stop()
    expect(await codesOf(bucket('archive'), secret)).to.deep.equal(['service_unavailable'])
  })
})
