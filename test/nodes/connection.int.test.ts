import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import { connectionTypeOf } from '../../src/nodes/connection-config'
import { testConnection } from '../../src/nodes/connection-test'
import { connectionOf } from '../support/node-run'
import { s3Credentials, startS3 } from '../support/s3'
import { startMailserver } from '../support/smtp'

const policy = { allowPrivateAddresses: true, fileRoot: undefined }
const smtpAt = (port: number) => connectionOf('smtp', { host: '127.0.0.1', port, from: 'docs@example.com' })

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

  it('of SMTP are tested by a login', async () => {
    const server = await startMailserver({
      authOptional: false,
      onAuth: ({ password }, _, done) => {
        if (password === 'right') done(null, { user: 'docs' })
        else done(Object.assign(new Error('no'), { responseCode: 535 }))
      },
    })
    const connection = smtpAt(server.port)
    expect(await testConnection(connection, { user: 'docs', password: 'right' }, policy)()).to.deep.equal(
      E.right(undefined),
    )
    expect(await testConnection(connection, { user: 'docs', password: 'wrong' }, policy)()).to.nested.include({
      'left.fault.code': 'delivery.smtp_auth_failed',
    })
    expect(
      await testConnection(connection, undefined, { ...policy, allowPrivateAddresses: false })(),
    ).to.nested.include({ 'left.fault.code': 'permissions.address_not_allowed' })
    expect(server.arrived).to.deep.equal([])
    await server.stop()
    expect(await testConnection(connection, undefined, policy)()).to.nested.include({
      'left.fault.code': 'delivery.smtp_unreachable',
    })
  })

  it('of storage are tested by a trace that is taken away again, or by looking at the bucket', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'docg-probe-'))
    const s3 = await startS3('archive')
    const secret = { access_key_id: s3Credentials.accessKeyId, secret_access_key: s3Credentials.secretAccessKey }
    const bucket = (name: string) => connectionOf('storage', { url: `s3://${name}?endpoint=${s3.endpoint}` })
    expect(
      await testConnection(connectionOf('storage', { url: `file:${folder}/new` }), undefined, policy)(),
    ).to.deep.equal(E.right(undefined))
    await writeFile(join(folder, 'file'), '')
    expect(
      await testConnection(connectionOf('storage', { url: `file:${folder}/file/x` }), undefined, policy)(),
    ).to.nested.include({ 'left.fault.code': 'delivery.destination_not_found' })
    expect(await testConnection(bucket('archive'), secret, policy)()).to.deep.equal(E.right(undefined))
    expect(await testConnection(bucket('elsewhere'), secret, policy)()).to.nested.include({
      'left.fault.code': 'delivery.destination_not_found',
    })
    await s3.stop()
    await rm(folder, { recursive: true, force: true })
  })
})
