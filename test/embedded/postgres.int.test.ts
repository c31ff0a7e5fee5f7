import { expect } from 'chai'
import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { postgresAccount } from '../../src/embedded/postgres/account'
import { type Stack, startStack } from '../../src/embedded/stack'

const query = async (url: string, sql: string): Promise<unknown[]> => {
  const client = new Client(url)
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}

describe('the embedded PostgreSQL', () => {
  let dataDir: string
  let stack: Stack<'postgres'> | undefined
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'docg-postgres-'))
    stack = undefined
  })
  afterEach(async () => {
    await stack?.stop()
    await rm(dataDir, { recursive: true })
  })

  const start = async () => {
    stack = await startStack({ dataDir, env: process.env, only: ['postgres'] })
    return stack.postgres
  }
  const refusal = () => start().then(String, String)

  it('has a database for the read side and one for the event store, and syncs what it acknowledges', async () => {
    const { url, eventsUrl } = await start()
    for (const each of [url, eventsUrl]) expect(await query(each, 'SHOW fsync')).to.deep.equal([{ fsync: 'on' }])
    expect(url).not.to.equal(eventsUrl)
  })

  it('listens on loopback only', async () => {
    const { url } = await start()
    expect(await query(url, 'SHOW listen_addresses')).to.deep.equal([{ listen_addresses: '127.0.0.1' }])
    expect(await query(url, 'SHOW unix_socket_directories')).to.deep.equal([{ unix_socket_directories: '' }])
  })

  it('keeps its data through kill -9, with a client connected', async () => {
    const postgres = await start()
    await query(postgres.url, 'CREATE TABLE facts AS SELECT 42 AS answer')
    const idle = new Client(postgres.url)
    idle.on('error', () => undefined)
    await idle.connect()
    await postgres.kill9()
    await postgres.restart()
    expect(await query(postgres.url, 'SELECT answer FROM facts')).to.deep.equal([{ answer: 42 }])
  })

  it('starts beside a lock file whose pid was given to another program', async () => {
    const postgres = await start()
    await postgres.stop()
    // Of the same user, so that PostgreSQL itself would take it for another server.
    const other = spawn('sleep', ['600'], { ...postgresAccount() })
    await writeFile(
      join(dataDir, 'postgres/postmaster.pid'),
      `${other.pid ?? 0}\n${dataDir}/postgres\n1\n1\n\n127.0.0.1\n`,
    )
    await postgres.restart().finally(() => other.kill())
    expect(await query(postgres.url, 'SELECT 1 AS one')).to.deep.equal([{ one: 1 }])
  })

  it('begins again when the making of its folder was cut off', async () => {
    await mkdir(join(dataDir, 'postgres.partial/base'), { recursive: true })
    await writeFile(join(dataDir, 'postgres.partial/PG_VERSION'), '18\n')
    await start()
    expect(await readdir(dataDir))
      .to.include('postgres')
      .and.not.include('postgres.partial')
  })

  it('refuses a folder that is only a part, and deletes nothing', async () => {
    await mkdir(join(dataDir, 'postgres/base'), { recursive: true })
    await writeFile(join(dataDir, 'postgres/PG_VERSION'), '18\n')
    expect(await refusal())
      .to.include('only a part')
      .and.include('--fresh')
    expect(await readdir(join(dataDir, 'postgres'))).to.include('PG_VERSION')
  })

  it('refuses the folder of another version', async () => {
    await mkdir(join(dataDir, 'postgres'), { recursive: true })
    await writeFile(join(dataDir, 'postgres/PG_VERSION'), '15\n')
    expect(await refusal())
      .to.include('made by PostgreSQL 15')
      .and.include('--fresh')
  })
})
