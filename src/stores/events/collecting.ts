import type { Recorded } from '../../domain/event-store'
import type { Listen } from './listen'
import { type Raw, recorded } from './recorded'

/** What we need of the client's read, a Node stream in object mode. */
export type Reading = {
  readonly on: Listen<'data', [{ readonly event?: Raw }]> &
    Listen<'error', [Error & { readonly type?: unknown }]> &
    Listen<'end' | 'close', []>
  readonly cancel: () => Promise<void>
  readonly destroy: () => unknown
}

export type Collecting = {
  /** All events of the read; none for a stream that was never written. */
  readonly events: Promise<ReadonlyArray<Recorded>>
  /** Leaves nothing open at the server. */
  readonly end: () => void
}

const isNeverWritten = (error: { readonly type?: unknown }): boolean => error.type === 'stream-not-found'

/** By listeners: a read is an everyday thing, and the loop over a stream costs several times as much. */
export const collecting = (reading: Reading): Collecting => {
  let whole = false
  const events = new Promise<ReadonlyArray<Recorded>>((resolve, reject) => {
    const found: Recorded[] = []
    reading.on('data', ({ event }) => {
      try {
        if (event !== undefined) found.push(recorded(event))
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)))
      }
    })
    reading.on('end', () => {
      whole = true
      resolve(found)
    })
    reading.on('error', (error) => (isNeverWritten(error) ? resolve([]) : reject(error)))
    reading.on('close', () => reject(new Error('the read was closed')))
  })
  return {
    events,
    end: () => {
      if (whole) return
      reading.cancel().catch(() => undefined)
      reading.destroy()
    },
  }
}
