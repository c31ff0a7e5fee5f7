import { join } from 'node:path'
import { databaseUrl } from './postgres/postgres'
import { loopback } from './ports'
import { given, type Setting } from './setting'

/** The environment of the product's processes: addresses of servers elsewhere where given, else of the embedded ones. */
export const productEnv = (
  env: NodeJS.ProcessEnv,
  { dataDir, host, ports, elsewhere }: Setting,
  secrets: Readonly<Record<string, string>>,
  hasRedis: boolean,
): NodeJS.ProcessEnv => ({
  ...secrets,
  ...env,
  HOST: host,
  PORT: String(ports.api),
  PUBLIC_URL: given(env, 'PUBLIC_URL') ?? `http://localhost:${ports.api}`,
  DATABASE_URL: elsewhere.DATABASE_URL ?? databaseUrl(ports.postgres, 'docg'),
  EVENTSTORE_URL: elsewhere.EVENTSTORE_URL ?? `esdb://${loopback}:${ports.eventStore}?tls=false`,
  REDIS_URL: elsewhere.REDIS_URL ?? (hasRedis ? `redis://${loopback}:${ports.redis}` : ''),
  TEMPORAL_ADDRESS: elsewhere.TEMPORAL_ADDRESS ?? `${loopback}:${ports.temporal}`,
  TEMPORAL_NAMESPACE: given(env, 'TEMPORAL_NAMESPACE') ?? 'default',
  TEMPORAL_TASK_QUEUE: given(env, 'TEMPORAL_TASK_QUEUE') ?? 'docg',
  SMTP_URL: elsewhere.SMTP_URL ?? `smtp://${loopback}:${ports.smtp}`,
  BLOB_URL: elsewhere.BLOB_URL ?? `file:${join(dataDir, 'blobs')}`,
  OUTGOING_PRIVATE_ADDRESSES: given(env, 'OUTGOING_PRIVATE_ADDRESSES') ?? 'allow',
  STORAGE_ROOT: given(env, 'STORAGE_ROOT') ?? join(dataDir, 'archive'),
  DOCG_DATA_DIR: dataDir,
})
