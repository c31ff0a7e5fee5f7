export type Link<C> = {
  readonly client: C
  /** Aborts when the link is given up: what still runs on it must let go. */
  readonly retired: AbortSignal
}

export type Connection<C> = {
  readonly current: () => Link<C>
  /** The server has said something over this link. */
  readonly heard: (link: Link<C>) => void
  /** Something asked at `since` (performance.now) failed without an answer of the server's own: a dead link is replaced. */
  readonly suspect: (link: Link<C>, since: number, reason: string) => void
  readonly close: () => Promise<void>
}

type Ways<C> = {
  readonly open: (generation: number) => C
  readonly dispose: (client: C) => Promise<unknown>
  readonly onHealth: (healthy: boolean, reason: string) => void
  /** A link younger than this is not replaced, so that a server that is down costs one new link in this time. */
  readonly minAgeMs: number
}

/**
 * Holds the one client and replaces it when it has gone quiet. grpc-js would wait up to two minutes before it dials a lost server again, and the
 * client keeps a failed feature lookup for ever: a new client has neither memory.
 */
export const connection = <C>({ open, dispose, onHealth, minAgeMs }: Ways<C>): Connection<C> => {
  let generation = 0
  let healthy: boolean | undefined
  const leaving = new Set<Promise<unknown>>()
  const link = () => {
    const retire = new AbortController()
    return { client: open(generation), retired: retire.signal, retire, openedAt: performance.now(), heardAt: -Infinity }
  }
  let now = link()
  const report = (state: boolean, reason: string) => {
    if (healthy !== state) onHealth((healthy = state), reason)
  }
  const leave = (old: typeof now) => {
    old.retire.abort()
    const left = dispose(old.client).catch(() => undefined)
    leaving.add(left)
    void left.then(() => leaving.delete(left))
  }
  return {
    current: () => now,
    heard: (from) => {
      if (from !== now) return
      now.heardAt = performance.now()
      report(true, 'answered')
    },
    suspect: (from, since, reason) => {
      if (from !== now || now.heardAt >= since) return
      report(false, reason)
      if (performance.now() - now.openedAt < minAgeMs) return
      const old = now
      generation += 1
      now = link()
      leave(old)
    },
    close: async () => {
      leave(now)
      await Promise.all(leaving)
    },
  }
}
