export type Timed<A> = { readonly _tag: 'InTime'; readonly value: A } | { readonly _tag: 'TooLate' }

/** What `work` gives within `ms` and before `signal` aborts. It is not stopped by being late; what it does afterwards is ignored, a rejection too. */
export const within = async <A>(ms: number, work: Promise<A>, signal?: AbortSignal): Promise<Timed<A>> => {
  const over = new AbortController()
  const either = signal === undefined ? over.signal : AbortSignal.any([over.signal, signal])
  const late = pause(ms, either).then((): Timed<A> => ({ _tag: 'TooLate' }))
  try {
    return await Promise.race([work.then((value): Timed<A> => ({ _tag: 'InTime', value })), late])
  } finally {
    over.abort()
  }
}

/** Resolves after `ms` or when `signal` aborts, whichever comes first. */
export const pause = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    if (signal?.aborted === true) done()
    else signal?.addEventListener('abort', done, { once: true })
  })
