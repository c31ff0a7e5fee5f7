import type { Request, Response } from 'express'
import * as E from 'fp-ts/Either'
import { ExecutionId } from '../domain/ids'
import { readerWith } from '../domain/visibility'
import { formatLiveId, isAfter } from '../projections/live/message'
import type { RunHead } from '../projections/live/tail'
import { notFound } from './error'
import { searchOf } from './request'
import type { Methods } from './routes'
import { type Asked, askedOf } from './sse/asked'
import type { SseDeps, SseRefusal, SseTiming, Viewer } from './sse/deps'
import { openStreams } from './sse/open-streams'
import { endHead, sendLater, sendStream } from './sse/stream'

export type { SseDeps, SseRefusal } from './sse/deps'

export type SseRoutes = {
  /** Paths below `/api/v1`. */
  readonly resources: Readonly<Record<string, Methods>>
  /** Lets nobody in any more and ends the open streams within about `graceMs`. */
  readonly close: (graceMs: number) => Promise<void>
}

const usual: SseTiming = { heartbeat: 15_000, stall: 45_000 }

type Opening =
  | { readonly _tag: 'Refused'; readonly refusal: SseRefusal }
  | { readonly _tag: 'Later' }
  | { readonly _tag: 'NothingToCome' }
  | { readonly _tag: 'Open'; readonly execution: ExecutionId; readonly run: RunHead; readonly asked: Asked }

const refused = (refusal: SseRefusal): Opening => ({ _tag: 'Refused', refusal })

/** Cursor and run together: whether there is something to send. */
const openingAt = (execution: ExecutionId, run: RunHead, asked: Asked): Opening => {
  const { after } = asked
  if (after !== undefined && after.event > run.head)
    return refused({ _tag: 'CursorBeyondHead', head: formatLiveId(run.last) })
  return after !== undefined && run.ended && !isAfter(run.last, after)
    ? { _tag: 'NothingToCome' }
    : { _tag: 'Open', execution, run, asked }
}

/** The routes of the live stream. Statuses other than 200 stop a browser's EventSource for good: they say "never", not "later". */
export const sseRoutes = ({ tail, authorize, refuse, timing }: SseDeps): SseRoutes => {
  const streams = openStreams()

  const opening = async (req: Request, viewer: Viewer): Promise<Opening> => {
    if (req.accepts('text/event-stream') === false) return refused({ _tag: 'NotAcceptable' })
    const asked = askedOf(req, searchOf(req))
    if (E.isLeft(asked)) return refused(asked.left)
    const execution = ExecutionId.decode(req.params['id'])
    if (E.isLeft(execution)) return refused(notFound)
    if (streams.closing()) return { _tag: 'Later' }
    const run = await tail.find(execution.right)
    if (E.isLeft(run)) return { _tag: 'Later' }
    return run.right?.organizationId === viewer.organization
      ? openingAt(execution.right, run.right, asked.right)
      : refused(notFound)
  }

  const send = async (req: Request, res: Response, opened: Opening, viewer: Viewer): Promise<void> => {
    switch (opened._tag) {
      case 'Refused':
        refuse(req, res, opened.refusal, viewer)
        return
      case 'Later':
        sendLater(res, streams.closing())
        return
      case 'NothingToCome':
        res.status(204).set('Cache-Control', 'no-store').end()
        return
      case 'Open': {
        const reader = readerWith(viewer.roles, viewer.locale)
        if (req.method === 'HEAD') endHead(res)
        else await sendStream(res, { ...opened, reader, tail, timing: { ...usual, ...timing }, streams })
      }
    }
  }

  const stream = async (req: Request, res: Response): Promise<void> => {
    const viewer = await authorize(req)
    if (E.isRight(viewer)) {
      const opened = await opening(req, viewer.right)
      if (!res.destroyed) await send(req, res, opened, viewer.right)
    } else if (viewer.left._tag === 'IdentityUnavailable') sendLater(res, streams.closing())
    else refuse(req, res, viewer.left)
  }

  const health = async (_: Request, res: Response): Promise<void> => {
    const live = await tail.health()
    res.set('Cache-Control', 'no-store').json({ status: live.mode === 'streams' ? 'healthy' : 'degraded', ...live })
  }

  return {
    resources: { '/sse/health': { get: health }, '/sse/executions/:id/stream': { get: stream } },
    close: streams.close,
  }
}
