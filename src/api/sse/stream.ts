import type { Response } from 'express'
import type { ExecutionId } from '../../domain/ids'
import type { Reader } from '../../domain/visibility'
import { formatLiveId, type LiveId } from '../../projections/live/message'
import type { LiveTail, RunHead } from '../../projections/live/tail'
import type { Asked } from './asked'
import type { SseTiming } from './deps'
import type { OpenStreams } from './open-streams'
import { controlEvent, heartbeatLine, messageEvent, retryLine } from './wire'
import { writerTo } from './writer'

const between = (least: number, most: number): number => least + Math.random() * (most - least)

/** As usual; at a restart; when we could not serve; when there is nothing more to come. */
const retry = {
  usual: () => between(2_000, 3_000),
  restart: () => between(1_000, 5_000),
  later: () => between(5_000, 15_000),
  over: () => 60_000,
}

/** `no-transform` keeps compressing proxies from holding events back, `X-Accel-Buffering` nginx. */
const openHead = (res: Response): void => {
  res.status(200).set({
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store, no-transform',
    'X-Accel-Buffering': 'no',
  })
  res.flushHeaders()
}

export const endHead = (res: Response): void => {
  openHead(res)
  res.end()
}

/** A refusal would stop many clients for ever: they are let in and asked to come again. */
export const sendLater = (res: Response, closing: boolean): void => {
  openHead(res)
  res.end(`: try again later\n${retryLine(closing ? retry.restart() : retry.later())}`)
}

export type Streaming = {
  readonly execution: ExecutionId
  readonly run: RunHead
  readonly asked: Asked
  readonly reader: Reader
  readonly tail: LiveTail
  readonly timing: SseTiming
  readonly streams: OpenStreams
}

const told = (id: LiveId | undefined): string | null => (id === undefined ? null : formatLiveId(id))

/** Sends the run's messages until the run has ended, the client has gone, or the process stops. */
export const sendStream = async (
  res: Response,
  { execution, run, asked, reader, tail, timing, streams }: Streaming,
): Promise<void> => {
  const over = new AbortController()
  const closed = streams.add(() => over.abort())
  res.on('close', () => over.abort())
  let cursor = asked.after
  const heartbeat = () =>
    asked.heartbeat === 'event' ? controlEvent('heartbeat', { cursor: told(cursor) }) : heartbeatLine
  openHead(res)
  const writer = writerTo(res, { heartbeatMs: timing.heartbeat, stallMs: timing.stall, heartbeat, over: over.signal })
  try {
    const connected = { execution_id: execution, cursor: told(cursor), head: told(run.last) }
    await writer.write(retryLine(retry.usual()) + controlEvent('connected', connected))
    for await (const frame of tail.follow({ execution, after: asked.after, signal: over.signal })) {
      cursor = frame.id
      await writer.write(messageEvent(frame, reader))
    }
    const end = over.signal.aborted
      ? retryLine(retry.restart())
      : retryLine(retry.over()) + controlEvent('end', { reason: 'ended', cursor: told(cursor) })
    if (!res.destroyed) res.end(end)
  } finally {
    writer.stop()
    closed()
  }
}
