export type Timed<A> = { readonly _tag: 'InTime'; readonly value: A } | { readonly _tag: 'TooLate' }

/** Resolves after `ms` or when one of `signals` aborts, whichever comes first. */
export const pause = (ms: number, ...signals: ReadonlyArray<AbortSignal>): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      for (const signal of signals) signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    if (signals.some(({ aborted }) => aborted)) done()
    else for (const signal of signals) signal.addEventListener('abort', done, { once: true })
  })

/** What `work` gives within `ms` and before `signal` aborts. It is not stopped by being late; what it does afterwards is ignored, a rejection too. */
export const within = async <A>(ms: number, work: Promise<A>, signal: AbortSignal): Promise<Timed<A>> => {
  const over = new AbortController()
  const late = pause(ms, over.signal, signal).then((): Timed<A> => ({ _tag: 'TooLate' }))
  try {
    return await Promise.race([work.then((value): Timed<A> => ({ _tag: 'InTime', value })), late])
  } finally {
    over.abort()
  }
}
