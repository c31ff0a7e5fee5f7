import type { Response } from 'express'

/** Resolves when there is room again, the connection is gone or `over` aborts; a client that takes nothing for `stallMs` is cut off. */
const room = (res: Response, stallMs: number, over: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      res.off('drain', done).off('close', done)
      over.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(() => res.destroy(), stallMs)
    res.on('drain', done).on('close', done)
    over.addEventListener('abort', done)
    if (res.destroyed || over.aborted) done()
  })

export type Writer = {
  /** What was handed over counts as sent. Resolves when the next may be written. */
  readonly write: (text: string) => Promise<void>
  readonly stop: () => void
}

export type Writing = {
  readonly heartbeatMs: number
  readonly stallMs: number
  readonly heartbeat: () => string
  /** After this nothing is waited for. */
  readonly over: AbortSignal
}

/** Writes whole blocks, at the pace of the client, and a heartbeat into every silence. */
export const writerTo = (res: Response, { heartbeatMs, stallMs, heartbeat, over }: Writing): Writer => {
  let blocked = false
  const write = async (text: string): Promise<void> => {
    if (res.destroyed || res.write(text)) return
    blocked = true
    await room(res, stallMs, over)
    blocked = false
  }
  const beat = setInterval(() => {
    if (!blocked) void write(heartbeat())
  }, heartbeatMs)
  return {
    write: (text) => {
      beat.refresh()
      return write(text)
    },
    stop: () => clearInterval(beat),
  }
}
