import { Client } from 'pg'
import { reasonOf } from './database-errors'
import { plannerOptions, schemaSql, writerLock } from './schema'

/** The one connection that writes. It holds the writer lock as long as it lives, so a lost connection can write nothing more. */
export interface WriterSession {
  readonly client: Client
  /** The position of the last event of the log. */
  readonly end: bigint
  readonly isOpen: () => boolean
  readonly close: () => Promise<void>
}

const lockQuery = { text: 'select pg_try_advisory_lock($1, $2) as locked', values: [...writerLock] }
const holderQuery = {
  text: `select pid from pg_locks where locktype = 'advisory' and classid = $1 and objid = $2 and granted
    and database = (select oid from pg_database where datname = current_database())`,
  values: [...writerLock],
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** The lock of a server that was killed is free once its connection has ended, so it is worth a few tries. */
const lock = async (client: Client, until: number): Promise<void> => {
  const { rows } = await client.query<{ locked: boolean }>(lockQuery)
  if (rows[0]?.locked === true) return
  if (Date.now() >= until) {
    const holder = await client.query<{ pid: number }>(holderQuery)
    throw new Error(
      `another event store server writes to this database (PostgreSQL backend ${holder.rows[0]?.pid ?? 'unknown'}): stop it, or give this one a database of its own`,
    )
  }
  await pause(50)
  await lock(client, until)
}

const connect = async (client: Client): Promise<void> => {
  try {
    await client.connect()
  } catch (error) {
    throw new Error(`cannot reach the database at ${client.host}:${client.port}: ${reasonOf(error)}`, { cause: error })
  }
}

const lastPosition = async (client: Client): Promise<bigint> => {
  const { rows } = await client.query<{ end: string }>('select coalesce(max(position), 0) as end from event_log')
  return BigInt(rows[0]?.end ?? 0)
}

export const openWriterSession = async (
  databaseUrl: string,
  lockWaitMs: number,
  onClosed: () => void,
): Promise<WriterSession> => {
  const client = new Client({
    connectionString: databaseUrl,
    application_name: 'event-store writer',
    keepAlive: true,
    options: plannerOptions,
    connectionTimeoutMillis: 5000,
  })
  let open = true
  const closed = () => {
    open = false
    onClosed()
  }
  client.on('error', closed).on('end', closed)
  try {
    await connect(client)
    await client.query('set synchronous_commit = on; set statement_timeout = 0; set idle_session_timeout = 0')
    await lock(client, Date.now() + lockWaitMs)
    await client.query(schemaSql)
    return { client, end: await lastPosition(client), isOpen: () => open, close: () => client.end() }
  } catch (error) {
    await client.end().catch(() => undefined)
    throw error
  }
}
