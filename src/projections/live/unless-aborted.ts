/** What `work` gives, or undefined as soon as `signal` aborts: the work then goes on unheard. */
export const unlessAborted = <A>(work: Promise<A>, signal: AbortSignal): Promise<A | undefined> =>
  new Promise((resolve, reject) => {
    const leave = () => {
      resolve(undefined)
    }
    signal.addEventListener('abort', leave)
    if (signal.aborted) leave()
    work.finally(() => signal.removeEventListener('abort', leave)).then(resolve, reject)
  })
