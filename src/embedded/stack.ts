import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { freePorts, loopback } from './ports'
import { mailboxService } from './mailbox/service'
import { eventStoreService } from './event-store-service'
import { type Care, type Running, startService } from './process/running'
import { endOrphans } from './process/record'
import { databaseUrl, postgresService } from './postgres/postgres'
import { redisExecutable } from './redis/executable'
import { redisService } from './redis/redis'
import { type Screen, type SetUp, silent } from './step'
import { temporalExecutable } from './temporal/executable'
import { temporalService } from './temporal/temporal'
import { Trouble } from './trouble'

export type Ports = {
  readonly postgres: number
  readonly eventStore: number
  readonly redis: number
  readonly temporal: number
  readonly smtp: number
  readonly mailPage: number
}

export type Site = SetUp & {
  readonly dataDir: string
  readonly ports: Ports
  /** The database of the event store, when it is not in the embedded PostgreSQL. */
  readonly eventsUrl?: string | undefined
}

/** The servers by name, in the order in which they start; each with the addresses it can be reached at. */
const makers = {
  postgres: ({ dataDir, env, ports }: Site) => ({
    service: () => Promise.resolve(postgresService(join(dataDir, 'postgres'), ports.postgres, env)),
    url: databaseUrl(ports.postgres, 'docg'),
    eventsUrl: databaseUrl(ports.postgres, 'docg_events'),
    serverUrl: databaseUrl(ports.postgres, 'postgres'),
  }),
  eventStore: ({ env, ports, eventsUrl = databaseUrl(ports.postgres, 'docg_events') }: Site) => ({
    service: () => Promise.resolve(eventStoreService(eventsUrl, ports.eventStore, env)),
    url: `esdb://${loopback}:${ports.eventStore}?tls=false`,
  }),
  redis: ({ dataDir, ports, ...setUp }: Site) => ({
    service: async () => {
      const executable = await redisExecutable(setUp)
      if (executable !== undefined) return redisService(executable, join(dataDir, 'redis'), ports.redis, setUp.env)
      throw new Trouble('redis-server is not here.', 'Install Redis so that redis-server is in PATH, or set REDIS_URL.')
    },
    url: `redis://${loopback}:${ports.redis}`,
  }),
  temporal: ({ dataDir, ports, ...setUp }: Site) => ({
    service: async () =>
      temporalService(
        await temporalExecutable(setUp),
        join(dataDir, 'temporal/temporal.db'),
        ports.temporal,
        setUp.env,
      ),
    address: `${loopback}:${ports.temporal}`,
  }),
  mailbox: ({ dataDir, env, ports }: Site) => ({
    service: () => Promise.resolve(mailboxService(join(dataDir, 'mail'), ports.smtp, ports.mailPage, env)),
    smtpUrl: `smtp://${loopback}:${ports.smtp}`,
    url: `http://${loopback}:${ports.mailPage}`,
  }),
}

export type ServerName = keyof typeof makers
type Servers = { readonly [N in ServerName]: Omit<ReturnType<(typeof makers)[N]>, 'service'> & Running }

export const serverNames: ReadonlyArray<ServerName> = ['postgres', 'eventStore', 'redis', 'temporal', 'mailbox']

/** Starts one server with data in `dataDir`; resolves when it is ready. */
export const startServer = async <N extends ServerName>(name: N, site: Site, care: Care): Promise<Servers[N]> => {
  const { service, ...addresses } = makers[name](site)
  return { ...addresses, ...(await startService(await service(), care)) } as unknown as Servers[N]
}

export const randomPorts = async (): Promise<Ports> => {
  const [postgres = 0, eventStore = 0, redis = 0, temporal = 0, smtp = 0, mailPage = 0] = await freePorts(6)
  return { postgres, eventStore, redis, temporal, smtp, mailPage }
}

export type Stack<N extends ServerName> = Pick<Servers, N> & {
  readonly dataDir: string
  readonly ports: Ports
  /** Stops all, in reverse order. */
  readonly stop: () => Promise<void>
}

type StackOptions<N extends ServerName> = {
  /** Made when missing; data in it is used again. */
  readonly dataDir: string
  /** The environment the servers inherit; PATH and HOME are looked at. */
  readonly env: NodeJS.ProcessEnv
  /** All servers unless given. The event store brings Postgres with it. */
  readonly only?: ReadonlyArray<N>
  readonly ports?: 'random' | Ports
  readonly screen?: Screen
}

/** The embedded servers for tests: nothing is restarted by itself, and they end with this process. */
export const startStack = async <N extends ServerName = ServerName>(options: StackOptions<N>): Promise<Stack<N>> => {
  const dataDir = resolve(options.dataDir)
  const ports = typeof options.ports === 'object' ? options.ports : await randomPorts()
  const site = { dataDir, env: options.env, ports, screen: options.screen ?? silent }
  const only = new Set<ServerName>(options.only ?? serverNames)
  if (only.has('eventStore')) only.add('postgres')
  await mkdir(dataDir, { recursive: true })
  await endOrphans(dataDir, () => undefined)

  const started: Running[] = []
  const dropAll = () => {
    for (const server of started) server.drop()
  }
  const stop = async () => {
    for (const server of [...started].reverse()) await server.stop()
    process.off('exit', dropAll)
  }
  process.once('exit', dropAll)
  const servers: Partial<Record<ServerName, Running>> = {}
  try {
    for (const name of serverNames.filter((each) => only.has(each))) {
      const server = await startServer(name, site, { dataDir, ownGroup: false })
      servers[name] = server
      started.push(server)
    }
  } catch (error) {
    await stop()
    throw error
  }
  return { ...(servers as Pick<Servers, N>), dataDir, ports, stop }
}
