export type Chunking = {
  readonly most: number
  /** How long the first item of a chunk may wait for others, ms. */
  readonly lingerMs: number
  /** From one chunk to the next, ms: so long it may wait when there was one just before. */
  readonly spacingMs: number
  /** An empty chunk is given after so long a silence, ms. */
  readonly silenceMs: number
}

type Slot<A> = { readonly result: Promise<IteratorResult<A>>; settled: boolean }

/** Cuts a sequence into chunks, in order: full ones while it is ahead, short ones when it is slow. */
export async function* chunks<A>(
  source: AsyncIterable<A>,
  { most, lingerMs, spacingMs, silenceMs }: Chunking,
): AsyncGenerator<ReadonlyArray<A>, void, undefined> {
  const iterator = source[Symbol.asyncIterator]()
  let wake: () => void = () => undefined
  let slot: Slot<A> | undefined
  let closedAt = -Infinity

  const ask = (): Slot<A> => {
    const asked: Slot<A> = { result: iterator.next(), settled: false }
    const settle = () => {
      asked.settled = true
      wake()
    }
    asked.result.then(settle, settle)
    return asked
  }
  const settledWithin = (asked: Slot<A>, ms: number): Promise<void> =>
    new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(done, ms)
      wake = done
      if (asked.settled) done()
    })

  try {
    for (;;) {
      const chunk: A[] = []
      let until = performance.now() + silenceMs
      while (chunk.length < most) {
        slot ??= ask()
        if (!slot.settled) await settledWithin(slot, Math.max(0, until - performance.now()))
        if (!slot.settled) break
        const result = await slot.result
        slot = undefined
        if (result.done === true) {
          if (chunk.length > 0) yield chunk
          return
        }
        if (chunk.length === 0) until = Math.max(performance.now() + lingerMs, closedAt + spacingMs)
        chunk.push(result.value)
      }
      if (chunk.length > 0) closedAt = performance.now()
      yield chunk
    }
  } finally {
    // Not awaited: it would wait for an item that is still asked for.
    iterator.return?.().catch(() => undefined)
  }
}
