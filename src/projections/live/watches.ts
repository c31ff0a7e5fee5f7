import type { ExecutionId } from '../../domain/ids'

/** What woke a viewer: `entry` for news in Redis, `check` when it is time to look into the log too. */
export type Wake = 'entry' | 'check'

/** One viewer of a run: a flag, and whoever waits for it. */
export type Viewer = {
  /** The strongest wake since the last call; waits for one. Undefined when `signal` aborts. */
  readonly woken: (signal: AbortSignal) => Promise<Wake | undefined>
  /** Runs `work`, or shares the result of a viewer of the same run who asked for the same since the last wake. */
  readonly share: <A>(key: string, work: () => Promise<A>) => Promise<A>
  /** Has the run checked sooner. */
  readonly checkWithin: (ms: number) => void
  readonly leave: () => void
}

type Watch = {
  readonly viewers: Set<(wake: Wake) => void>
  readonly shared: Map<string, Promise<unknown>>
  dueAt: number
  /** When the last viewer left. */
  leftAt: number
}

export type Watching = {
  /** Begin and cease to listen for a run's wake-ups. */
  readonly listen: (execution: ExecutionId) => void
  readonly unlisten: (execution: ExecutionId) => void
  /** How long a run may go without a check, ms. */
  readonly checkEvery: () => number
  /** How long to go on listening after the last viewer left, ms. */
  readonly lingerMs: number
  readonly sweepMs: number
}

export type Watches = {
  readonly join: (execution: ExecutionId) => Viewer
  readonly wake: (execution: ExecutionId, wake: Wake) => void
  /** Has every run checked within `ms`, spread out. */
  readonly checkAllWithin: (ms: number) => void
  readonly watched: () => ReadonlyArray<ExecutionId>
  readonly close: () => void
}

const viewerFlag = () => {
  let flag: Wake | undefined = 'check'
  let notify: () => void = () => undefined
  return {
    raise: (wake: Wake) => {
      if (flag !== 'check') flag = wake
      notify()
    },
    woken: (signal: AbortSignal) =>
      new Promise<Wake | undefined>((resolve) => {
        const settle = () => {
          if (flag === undefined && !signal.aborted) return
          signal.removeEventListener('abort', settle)
          notify = () => undefined
          resolve(signal.aborted ? undefined : flag)
          flag = undefined
        }
        notify = settle
        signal.addEventListener('abort', settle)
        settle()
      }),
  }
}

/** The runs that someone watches in this process. A viewer starts with a check due. */
export const watches = ({ listen, unlisten, checkEvery, lingerMs, sweepMs }: Watching): Watches => {
  const all = new Map<ExecutionId, Watch>()
  const due = () => performance.now() + checkEvery() * (0.75 + Math.random() / 2)

  const wakeOne = (watch: Watch, wake: Wake) => {
    watch.shared.clear()
    for (const raise of watch.viewers) raise(wake)
  }
  const sweep = () => {
    const now = performance.now()
    for (const [execution, watch] of all) {
      if (watch.viewers.size === 0 && now - watch.leftAt >= lingerMs) {
        all.delete(execution)
        unlisten(execution)
      } else if (now >= watch.dueAt) {
        watch.dueAt = due()
        wakeOne(watch, 'check')
      }
    }
  }
  const timer = setInterval(sweep, sweepMs)

  const watchOf = (execution: ExecutionId): Watch => {
    const known = all.get(execution)
    if (known !== undefined) return known
    const watch: Watch = { viewers: new Set(), shared: new Map(), dueAt: due(), leftAt: 0 }
    all.set(execution, watch)
    listen(execution)
    return watch
  }

  return {
    join: (execution) => {
      const watch = watchOf(execution)
      const { raise, woken } = viewerFlag()
      watch.viewers.add(raise)
      return {
        woken,
        share: <A>(key: string, work: () => Promise<A>) => {
          const { shared } = watch
          const under = shared.get(key) as Promise<A> | undefined
          if (under !== undefined) return under
          const begun = work().finally(() => {
            if (shared.get(key) === begun) shared.delete(key)
          })
          shared.set(key, begun)
          return begun
        },
        checkWithin: (ms) => {
          watch.dueAt = Math.min(watch.dueAt, performance.now() + ms * (0.5 + Math.random() / 2))
        },
        leave: () => {
          watch.viewers.delete(raise)
          watch.leftAt = performance.now()
        },
      }
    },
    wake: (execution, wake) => {
      const watch = all.get(execution)
      if (watch !== undefined) wakeOne(watch, wake)
    },
    checkAllWithin: (ms) => {
      for (const watch of all.values()) watch.dueAt = performance.now() + Math.random() * ms
    },
    watched: () => [...all.keys()],
    close: () => clearInterval(timer),
  }
}
