import { setMaxListeners } from 'node:events'

export type Link<C> = {
  readonly client: C
  /** Aborts when the link is given up: what still runs on it must let go. */
  readonly retired: AbortSignal
}

export type Connection<C> = {
  readonly current: () => Link<C>
  /** The server has said something over this link. */
  readonly heard: (link: Link<C>) => void
  /** A subscription ended. */
  readonly lost: (reason: string) => void
  /** Something asked at `since` (performance.now) got no answer: a link over which nothing else was heard either is replaced. */
  readonly suspect: (link: Link<C>, since: number, reason: string) => void
  readonly close: () => Promise<void>
}

type Ways<C> = {
  readonly open: (generation: number) => C
  readonly dispose: (client: C) => Promise<unknown>
  readonly onHealth: (healthy: boolean, reason: string) => void
  /** A link younger than this is not replaced, so that a server that is down costs one new link in this time. */
  readonly minAgeMs: number
  /** How long a replaced link stays open: the client hangs for good when a request begins on a closed one. */
  readonly graceMs: number
}

/** Holds the one client, and replaces it when its connection is dead: grpc-js would wait up to two minutes before it dials a lost server again. */
export const connection = <C>({ open, dispose, onHealth, minAgeMs, graceMs }: Ways<C>): Connection<C> => {
  let generation = 0
  let healthy: boolean | undefined
  const link = () => {
    const retire = new AbortController()
    setMaxListeners(0, retire.signal)
    return { client: open(generation), retired: retire.signal, retire, openedAt: performance.now(), heardAt: -Infinity }
  }
  let now = link()
  const report = (state: boolean, reason: string) => {
    if (healthy === state) return
    healthy = state
    onHealth(state, reason)
  }
  const leaving = new Map<C, NodeJS.Timeout>()
  const leave = (client: C) => {
    clearTimeout(leaving.get(client))
    leaving.delete(client)
    return dispose(client).catch(() => undefined)
  }
  return {
    current: () => now,
    heard: (from) => {
      if (from !== now) return
      now.heardAt = performance.now()
      report(true, 'answered')
    },
    lost: (reason) => report(false, reason),
    suspect: (from, since, reason) => {
      if (from !== now || now.heardAt >= since) return
      report(false, reason)
      if (performance.now() - now.openedAt < minAgeMs) return
      const { client, retire } = now
      generation += 1
      now = link()
      retire.abort()
      leaving.set(client, setTimeout(() => void leave(client), graceMs).unref())
    },
    close: async () => {
      now.retire.abort()
      await Promise.all([now.client, ...leaving.keys()].map(leave))
    },
  }
}
