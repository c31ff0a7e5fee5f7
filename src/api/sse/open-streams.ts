/** The streams open in this process. */
export type OpenStreams = {
  /** `dismiss` asks a stream to end; answers with what to call when it has. */
  readonly add: (dismiss: () => void) => () => void
  readonly closing: () => boolean
  /** Ends all streams, spread over `graceMs`, so that their clients do not all come back at once. */
  readonly close: (graceMs: number) => Promise<void>
}

export const openStreams = (): OpenStreams => {
  const open = new Set<() => void>()
  let closing = false
  let whenEmpty: () => void = () => undefined
  return {
    add: (dismiss) => {
      open.add(dismiss)
      if (closing) setImmediate(dismiss)
      return () => {
        open.delete(dismiss)
        if (open.size === 0) whenEmpty()
      }
    },
    closing: () => closing,
    close: async (graceMs) => {
      closing = true
      if (open.size === 0) return
      const timers = [...open].map((dismiss) => setTimeout(dismiss, Math.random() * graceMs))
      await new Promise<void>((resolve) => (whenEmpty = resolve))
      timers.forEach(clearTimeout)
    },
  }
}
