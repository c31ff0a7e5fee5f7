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
export const within = <A>(ms: number, work: Promise<A>, signal: AbortSignal): Promise<Timed<A>> =>
  new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', late)
    }
    const late = () => {
      end()
      resolve({ _tag: 'TooLate' })
    }
    const timer = setTimeout(late, ms)
    signal.addEventListener('abort', late)
    work.finally(end).then((value) => resolve({ _tag: 'InTime', value }), reject)
    if (signal.aborted) late()
  })
