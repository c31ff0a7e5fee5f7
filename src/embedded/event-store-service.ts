import { nodeService } from './node-program'
import { accepts, loopback } from './ports'
import { type Service } from './process/service'

export const eventStoreService = (databaseUrl: string, port: number, env: NodeJS.ProcessEnv): Service =>
  nodeService({
    name: 'event-store',
    script: 'embedded/event-store/main',
    env: {
      ...env,
      EVENT_STORE_DATABASE_URL: databaseUrl,
      EVENT_STORE_HOST: loopback,
      EVENT_STORE_PORT: String(port),
    },
    isReady: () => accepts(port),
    readyWithin: 60_000,
    stopSignal: 'SIGTERM',
    stopWithin: 10_000,
  })
