import { resolve } from 'node:path'
import { type Ports } from './stack'
import { Trouble } from './trouble'

/** What the environment says about one start: own ports, and servers elsewhere that make an embedded one needless. */
export type Setting = {
  readonly dataDir: string
  readonly host: string
  readonly ports: Ports & { readonly api: number }
  readonly elsewhere: {
    readonly DATABASE_URL?: string
    readonly EVENT_STORE_DATABASE_URL?: string
    readonly EVENTSTORE_URL?: string
    /** Empty: none is wanted, the product runs without. */
    readonly REDIS_URL?: string
    readonly TEMPORAL_ADDRESS?: string
    readonly SMTP_URL?: string
    readonly BLOB_URL?: string
  }
}

/** The variable of every port, and what to set to have no such server here. */
export const portVariables: ReadonlyArray<{
  readonly of: keyof Setting['ports']
  readonly variable: string
  readonly usual: number
  readonly what: string
  readonly instead?: string
}> = [
  { of: 'api', variable: 'PORT', usual: 5000, what: 'the API' },
  {
    of: 'postgres',
    variable: 'POSTGRES_PORT',
    usual: 15432,
    what: 'PostgreSQL',
    instead: 'DATABASE_URL and EVENT_STORE_DATABASE_URL',
  },
  { of: 'eventStore', variable: 'EVENT_STORE_PORT', usual: 2113, what: 'the event store', instead: 'EVENTSTORE_URL' },
  { of: 'redis', variable: 'REDIS_PORT', usual: 16379, what: 'Redis', instead: 'REDIS_URL' },
  { of: 'temporal', variable: 'TEMPORAL_PORT', usual: 7233, what: 'Temporal', instead: 'TEMPORAL_ADDRESS' },
  { of: 'smtp', variable: 'SMTP_PORT', usual: 2525, what: 'the mailbox (SMTP)', instead: 'SMTP_URL' },
  { of: 'mailPage', variable: 'MAIL_PORT', usual: 8025, what: "the mailbox's pages", instead: 'SMTP_URL' },
]

/** A variable that is set to nothing is not set. */
export const given = (env: NodeJS.ProcessEnv, name: string): string | undefined =>
  env[name] === '' ? undefined : env[name]

const portFrom = (env: NodeJS.ProcessEnv, variable: string, usual: number): number => {
  const text = given(env, variable)
  const port = text === undefined ? usual : Number(text)
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port
  throw new Trouble(
    `${variable} is ${JSON.stringify(text)}, which is no port.`,
    `Set ${variable} to a number from 1 to 65535.`,
  )
}

const addresses = [
  'DATABASE_URL',
  'EVENT_STORE_DATABASE_URL',
  'EVENTSTORE_URL',
  'TEMPORAL_ADDRESS',
  'SMTP_URL',
  'BLOB_URL',
]

export const settingFrom = (env: NodeJS.ProcessEnv): Setting => ({
  dataDir: resolve(given(env, 'DOCG_DATA_DIR') ?? '.data'),
  host: given(env, 'HOST') ?? '127.0.0.1',
  ports: Object.fromEntries(
    portVariables.map(({ of, variable, usual }) => [of, portFrom(env, variable, usual)]),
  ) as Setting['ports'],
  elsewhere: {
    ...Object.fromEntries(addresses.flatMap((name) => (env[name] ? [[name, env[name]]] : []))),
    ...(env['REDIS_URL'] === undefined ? {} : { REDIS_URL: env['REDIS_URL'] }),
  },
})
