const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

// A terminal's Ctrl-C reaches us twice: from the terminal, and passed on by npm.
const sameInterrupt = 700

export type Interrupts = {
  readonly first: AbortSignal
  readonly interrupted: Promise<void>
  /** As a first interrupt; never forces. */
  readonly interrupt: () => void
  readonly ignore: () => void
}

/** The first interrupt asks to stop, the next one forces it. */
export const listenForInterrupts = (force: () => void): Interrupts => {
  const controller = new AbortController()
  let at = 0
  const interrupt = () => {
    if (!controller.signal.aborted) at = Date.now()
    controller.abort()
  }
  const hear = () => {
    if (controller.signal.aborted && Date.now() - at > sameInterrupt) force()
    interrupt()
  }
  for (const signal of signals) process.on(signal, hear)
  return {
    first: controller.signal,
    interrupted: new Promise((resolve) => {
      controller.signal.addEventListener('abort', () => {
        resolve()
      })
    }),
    interrupt,
    ignore: () => {
      for (const signal of signals) process.off(signal, hear)
    },
  }
}
