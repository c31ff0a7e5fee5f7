import type { Recorded } from '../../domain/event-store'
import type { Listen } from './listen'
import { type Raw, recorded } from './recorded'
import { bytesOfEvent } from './rough-bytes'

/** What we need of the client's read, a Node stream in object mode. */
export type Reading = {
  readonly on: Listen<'data', [{ readonly event?: Raw }]> &
    Listen<'error', [Error & { readonly type?: unknown }]> &
    Listen<'end' | 'close', []>
  readonly cancel: () => Promise<void>
  readonly destroy: () => unknown
}

export type Collecting = {
  /** The events of the read, up to the one with which they weigh `bytes`; none for a stream that was never written. */
  readonly events: Promise<ReadonlyArray<Recorded>>
  /** Leaves nothing open at the server. */
  readonly end: () => void
}

const isNeverWritten = (error: { readonly type?: unknown }): boolean => error.type === 'stream-not-found'

/** By listeners: a read is an everyday thing, and the loop over a stream costs several times as much. */
export const collecting = (reading: Reading, bytes?: number): Collecting => {
  let whole = false
  const events = new Promise<ReadonlyArray<Recorded>>((resolve, reject) => {
    const found: Recorded[] = []
    let left = bytes ?? Infinity
    reading.on('data', ({ event }) => {
      if (event === undefined || left <= 0) return
      try {
        const one = recorded(event)
        found.push(one)
        if (bytes !== undefined) left -= bytesOfEvent(one)
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)))
      }
      if (left <= 0) resolve(found)
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
