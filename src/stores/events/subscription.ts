import type { Position, Recorded } from '../../domain/event-store'
import type { Listen } from './listen'
import { type Raw, recorded } from './recorded'

export type Sink = {
  readonly event: (event: Recorded) => void
  readonly checkpoint: (position: Position) => void
  readonly caughtUp: () => void
  readonly full: () => boolean
  readonly room: () => Promise<void>
}

/** What we need of the client's subscription, a Node stream in object mode. */
export type Subscription = {
  readonly on: Listen<'data', [{ readonly event?: Raw }]> &
    Listen<'error', [Error]> &
    Listen<'end' | 'close' | 'caughtUp' | 'confirmation', []>
  readonly pause: () => unknown
  readonly resume: () => unknown
  readonly destroy: () => unknown
  readonly unsubscribe: () => Promise<void>
  readonly readableLength: number
}

/**
 * The client calls back for checkpoints and caughtUp when they come in, while events before them still wait in the stream: `behind` keeps such a
 * call until those are handed over.
 */
const order = () => {
  let handed = 0
  let waiting: Array<{ readonly after: number; readonly run: () => void }> = []
  const release = () => {
    while (waiting[0] !== undefined && waiting[0].after <= handed) waiting.shift()?.run()
  }
  return {
    behind: (buffered: number, run: () => void) => {
      waiting.push({ after: handed + buffered, run })
      release()
    },
    handed: () => {
      handed += 1
      release()
    },
    forget: () => (waiting = []),
  }
}

/** Hands what one subscription yields to the sink, in order, and resolves with why it ended. Nothing is left open at the server. */
export const follow = (
  open: (checkpointReached: (position: Position) => void) => Subscription,
  sink: Sink,
  heard: () => void,
  signal: AbortSignal,
): Promise<string> =>
  new Promise((resolve) => {
    if (signal.aborted) {
      resolve('given up')
      return
    }
    const { behind, handed, forget } = order()
    const stream = open((position) => {
      heard()
      behind(stream.readableLength, () => sink.checkpoint(position))
    })
    let over = false
    const end = (reason: string) => {
      if (over) return
      over = true
      signal.removeEventListener('abort', aborted)
      forget()
      stream.unsubscribe().catch(() => undefined)
      stream.destroy()
      resolve(reason)
    }
    const aborted = () => end('given up')
    signal.addEventListener('abort', aborted, { once: true })
    stream.on('confirmation', heard)
    stream.on('caughtUp', () => {
      heard()
      behind(stream.readableLength, sink.caughtUp)
    })
    stream.on('data', ({ event }) => {
      if (over) return
      heard()
      if (event !== undefined) sink.event(recorded(event))
      handed()
      if (!sink.full()) return
      stream.pause()
      void sink.room().then(() => stream.resume())
    })
    stream.on('error', (error) => end(`${error.name}: ${error.message}`))
    stream.on('end', () => end('ended by the server'))
    stream.on('close', () => end('closed'))
  })
