import * as E from 'fp-ts/Either'
import type { EventStore } from '../../domain/event-store'
import { executionStream } from '../../domain/execution'
import { revision } from '../../domain/position'
import type { Attempting } from './attempt'

const lookEveryMs = 1_000
/** More than a run lets be written of refused controls: they must not hide a cancel. */
const newsAtMost = 200

/** A step whose beginning is not in the log yet is canceled at once. */
const isCancel = (type: string): boolean => type === 'CancelRequested' || type === 'ExecutionCanceled'

/** Looks into the log while a step takes long: nobody tells a worker that is at work. */
export const cancelWatch =
  (log: Pick<EventStore, 'readStream'>): Attempting['onCancel'] =>
  (run, canceled) => {
    const look = async () => {
      const from = revision(run.revision() + 1n)
      const news = await log.readStream(executionStream(run.state().executionId), { from, limit: newsAtMost })()
      if (E.isRight(news) && news.right.some(({ type }) => isCancel(type))) canceled()
    }
    const timer = setInterval(() => void look(), lookEveryMs)
    return () => {
      clearInterval(timer)
    }
  }
