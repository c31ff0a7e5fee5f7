import { type Tail } from './tail'

/** Waits for commits. One that comes while nobody waits is remembered, so none is missed. */
export interface WakeUp {
  readonly next: () => Promise<void>
  readonly close: () => void
}

export const createWakeUp = (tail: Tail, stream: string | undefined, over: AbortSignal): WakeUp => {
  let pending = false
  let resume: () => void = () => undefined
  const wake = () => {
    pending = true
    resume()
  }
  const stopListening = tail.listen(stream, wake)
  over.addEventListener('abort', wake)
  return {
    next: async () => {
      if (!pending) await new Promise<void>((resolve) => (resume = resolve))
      pending = false
      over.throwIfAborted()
    },
    close: () => {
      stopListening()
      over.removeEventListener('abort', wake)
    },
  }
}
