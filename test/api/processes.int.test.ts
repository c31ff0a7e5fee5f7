import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { freePorts } from '../../src/embedded/ports'
import { type ReadSide, startReadSide } from '../support/read-side'
import { until } from '../support/until'

type Ended = { readonly code: number | null; readonly out: string; readonly error: string }
type Env = Readonly<Record<string, string>>

const source = (script: string) => join(__dirname, '../../src', `${script}.ts`)
const inherited = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '' }

describe('the processes of the API', () => {
  let readSide: ReadSide
  let url: string
  let folder: string
  const children: ChildProcess[] = []
  before(async function () {
    this.timeout(60_000)
    readSide = await startReadSide(true)
    url = (await readSide.database()).url
    folder = await mkdtemp(join(tmpdir(), 'docg-api-process-'))
  })
  after(async () => {
    for (const child of children) child.kill('SIGKILL')
    await readSide.stop()
    await rm(folder, { recursive: true, force: true })
  })

  const program = (script: string, args: ReadonlyArray<string>, env: Env) => {
    const child = spawn(process.execPath, ['--require', 'tsx/cjs', source(script), ...args], {
      env: { ...inherited, ...env },
    })
    children.push(child)
    const said = { out: '', error: '' }
    child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (said.error += chunk.toString()))
    const ended = once(child, 'close').then((): Ended => ({ code: child.exitCode, ...said }))
    return { child, said, ended }
  }
  const admin = (...args: ReadonlyArray<string>) => program('api/admin-main', args, { DATABASE_URL: url }).ended

  it('npm run admin makes organizations and keys, and takes keys back', async () => {
    const made = await admin('organization', 'create', '--name', 'Ação & Filhos')
    expect([made.code, made.error]).to.deep.equal([0, ''])
    const organization = /id {2}([0-9a-f-]{36})/.exec(made.out)?.[1] ?? ''
    expect((await admin('organization', 'list')).out)
      .to.include(organization)
      .and.include('Ação & Filhos')
    const key = await admin('key', 'create', '--organization', organization, '--role', 'operator', '--name', 'ci')
    expect(key.out).to.match(/docg_[A-Za-z0-9_-]{43}/)
    const list = await admin('key', 'list', '--organization', organization)
    expect(list.out).to.include('operator').and.include('valid').and.not.include('docg_')
    const id = list.out.slice(0, 36)
    expect(await admin('key', 'revoke', id)).to.include({ code: 0, out: `Key ${id} (ci) is revoked.\n` })
    expect((await admin('key', 'list', '--organization', organization)).out).to.include('revoked')
  }).timeout(60_000)

  it('npm run admin says what is wrong, and ends with 1 or 2', async () => {
    const none = '60e71e8e-0047-5253-813c-c9a6ed563e5b'
    expect(await admin('--help')).to.include({ code: 0, error: '' })
    const wrong = await admin('key', 'make')
    expect([wrong.code, wrong.out]).to.deep.equal([2, ''])
    expect(wrong.error).to.include('there is no command key make').and.include('npm run admin -- key create')
    expect(await admin('key', 'list', '--organization', none)).to.include({
      code: 1,
      error: `There is no organization ${none}.\n`,
    })
    expect(await admin('key', 'revoke', none)).to.include({ code: 1, error: `There is no key ${none}.\n` })
    const [port = 0] = await freePorts(1)
    const away = await program('api/admin-main', ['organization', 'list'], {
      DATABASE_URL: `postgres://x@127.0.0.1:${port}/x`,
    }).ended
    expect(away.code).to.equal(1)
    expect(away.error)
      .to.include('npm start')
      .and.not.match(/\bat .*:\d+:\d+/)
  }).timeout(60_000)

  it('a configuration that is not usable ends it, with every problem told and no value', async () => {
    const ended = await program('api/main', [], {
      PORT: '99999',
      DOCG_SECRET_KEY: 'hunter2',
      BLOB_URL: 'ftp://x',
      JWT_SECRET: 'too-short',
      JWT_PUBLIC_KEY: 'no pem',
    }).ended
    expect(ended.code).to.equal(1)
    for (const name of [
      'PORT',
      'EVENTSTORE_URL',
      'DATABASE_URL',
      'BLOB_URL',
      'DOCG_SECRET_KEY',
      'JWT_SECRET',
      'JWT_PUBLIC_KEY',
    ])
      expect(ended.error).to.include(name)
    expect(ended.error).to.not.match(/hunter2|too-short/)
  }).timeout(30_000)

  it('serves, and ends what it serves before it stops', async () => {
    const [port = 0] = await freePorts(1)
    const api = program('api/main', [], {
      PORT: String(port),
      DATABASE_URL: url,
      EVENTSTORE_URL: readSide.eventStoreUrl,
      BLOB_URL: `file:${folder}`,
      DOCG_SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
    })
    const base = `http://127.0.0.1:${port}`
    const isReady = async () => (await fetch(`${base}/health/ready`).catch(() => undefined))?.status === 200
    await until(isReady, 30_000, () => api.said.out + api.said.error)

    const key = /docg_\S{43}/.exec(
      (
        await admin(
          'key',
          'create',
          '--organization',
          /[0-9a-f-]{36}/.exec((await admin('organization', 'create', '--name', 'X')).out)?.[0] ?? '',
          '--role',
          'admin',
          '--name',
          'k',
        )
      ).out,
    )?.[0]
    const body = JSON.stringify({ name: 'W', nodes: [] })
    const slow = request(`${base}/api/v1/workflows`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key ?? ''}`,
        'content-type': 'application/json',
        'content-length': body.length,
      },
    })
    const answered = new Promise<number | undefined>((resolve, reject) => {
      slow.on('response', (response) => resolve(response.statusCode)).on('error', reject)
    })
    slow.write(body.slice(0, 5))
    await until(() => slow.socket?.writableLength === 0)
    await fetch(`${base}/health/live`)
    api.child.kill('SIGTERM')
    await until(async () => (await fetch(`${base}/health/live`).catch(() => undefined)) === undefined, 15_000)
    slow.end(body.slice(5))
    expect(await answered).to.equal(201)
    const ended = await api.ended
    expect([ended.code, ended.error]).to.deep.equal([0, ''])
    expect(ended.out).to.include('"stopped"').and.not.include(key)
  }).timeout(90_000)

  it('knows a request again after a change of keys, and once the old key is gone', async () => {
    const [old, fresh] = [3, 4].map((n) => Buffer.alloc(32, n).toString('base64'))
    const secrets = (keys: string, ...args: ReadonlyArray<string>) =>
      program('api/admin-main', ['secrets', ...args], { DATABASE_URL: own.url, DOCG_SECRET_KEY: keys }).ended
    const own = await readSide.database()
    const make = (...args: ReadonlyArray<string>) => program('api/admin-main', args, { DATABASE_URL: own.url }).ended
    const organization =
      /[0-9a-f-]{36}/.exec((await make('organization', 'create', '--name', 'Rotating')).out)?.[0] ?? ''
    const made = await make('key', 'create', '--organization', organization, '--role', 'admin', '--name', 'k')
    const key = /docg_\S{43}/.exec(made.out)?.[0] ?? ''

    const during = async <A>(keys: string, use: (base: string) => Promise<A>): Promise<A> => {
      const [port = 0] = await freePorts(1)
      const api = program('api/main', [], {
        PORT: String(port),
        DATABASE_URL: own.url,
        EVENTSTORE_URL: readSide.eventStoreUrl,
        BLOB_URL: `file:${folder}`,
        DOCG_SECRET_KEY: keys,
      })
      const base = `http://127.0.0.1:${port}`
      const isLive = async () => (await fetch(`${base}/health/live`).catch(() => undefined))?.status === 200
      await until(isLive, 30_000, () => api.said.out + api.said.error)
      const result = await use(base)
      api.child.kill('SIGTERM')
      await api.ended
      return result
    }
    const connect = async (base: string, password: string) => {
      const answer = await fetch(`${base}/api/v1/connections`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${key}`,
          'x-organization-id': organization,
          'content-type': 'application/json',
          'idempotency-key': 'the-same-request',
        },
        body: JSON.stringify({
          name: 'Mail',
          type: 'smtp',
          config: { host: 'mail.example.com', port: 25, from: 'a@example.com' },
          secret: { user: 'u', password },
        }),
      })
      return [answer.status, await answer.json()] as const
    }

    const first = await during(`${old}`, (base) => connect(base, 'right'))
    expect(first[0]).to.equal(201)
    expect(await during(`${fresh},${old}`, (base) => connect(base, 'right'))).to.deep.equal(first)
    expect(await secrets(`${fresh},${old}`, 'reseal')).to.deep.include({ code: 0, error: '' })
    await during(`${fresh}`, async (base) => {
      expect(await connect(base, 'right')).to.deep.equal(first)
      expect((await connect(base, 'wrong'))[0]).to.equal(422)
    })
    const refused = await program('api/main', [], {
      PORT: '0',
      DATABASE_URL: own.url,
      EVENTSTORE_URL: readSide.eventStoreUrl,
      BLOB_URL: `file:${folder}`,
      DOCG_SECRET_KEY: `${old}`,
    }).ended
    expect(refused.code).to.equal(1)
    expect(refused.error)
      .to.match(/^The API did not start: .*secrets renew\n$/)
      .and.not.include(old)
  }).timeout(180_000)

  it('a port that is taken is said in a line', async () => {
    const ended = await program('api/main', [], {
      PORT: new URL(url).port,
      DATABASE_URL: url,
      EVENTSTORE_URL: readSide.eventStoreUrl,
      BLOB_URL: `file:${folder}`,
      DOCG_SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
    }).ended
    expect(ended.code).to.equal(1)
    expect(ended.error).to.match(/^The API did not start: .*EADDRINUSE.*\n$/)
  }).timeout(30_000)
})
