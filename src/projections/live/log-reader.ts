import * as E from 'fp-ts/Either'
import type { EventStore, Recorded, Revision } from '../../domain/event-store'
import { executionStream } from '../../domain/execution'
import { hasEnded } from '../../domain/execution/state'
import type { ExecutionId, OrganizationId } from '../../domain/ids'
import { revision } from '../../domain/position'
import { isAfter, type LiveId } from './live-id'
import { advanceAll, type LiveFrame } from './message'
import { type Folded, nothingFolded, recentStates } from './states'

/** Deleted on purpose: not for readers. */
type LogGone = { readonly _tag: 'LogGone' }
export type LogAway = { readonly _tag: 'LogAway'; readonly reason: string }

/** What is known to be delivered: all up to the message `id`, and all of the events before revision `next`. */
export type Cursor = { readonly id: LiveId; readonly next: Revision }

/** `next`: all messages of the events before it are in `frames` or were before. `ended`: whether the run has; undefined when not looked at. */
export type LogPage = {
  readonly frames: ReadonlyArray<LiveFrame>
  readonly next: Revision
  readonly ended: boolean | undefined
}

/** `head`: the number of events; `last`: the id of the last message. */
export type RunHead = {
  readonly organizationId: OrganizationId
  readonly head: bigint
  readonly last: LiveId
  readonly ended: boolean
}

export type LogReader = {
  readonly after: (execution: ExecutionId, cursor: Cursor) => Promise<E.Either<LogAway, LogPage>>
  /** Undefined when there is no such run. */
  readonly head: (execution: ExecutionId) => Promise<E.Either<LogAway, RunHead | undefined>>
}

const awayOr = <A>(error: LogAway | LogGone, gone: A): E.Either<LogAway, A> =>
  error._tag === 'LogGone' ? E.right(gone) : E.left(error)

const page = 200
const statesAtMost = 2_000

type Found = { readonly folded: Folded; readonly frames: ReadonlyArray<LiveFrame> }

/** Reads runs' messages from the log, as many at a time as `bounded` lets through. Recent states are kept, so that going on costs only what is new. */
export const logReader = (
  store: Pick<EventStore, 'readStream'>,
  bounded: <A>(work: () => Promise<A>) => Promise<A>,
): LogReader => {
  const states = recentStates(statesAtMost)

  const read = async (
    execution: ExecutionId,
    from: Revision,
    limit: number,
  ): Promise<E.Either<LogAway | LogGone, ReadonlyArray<Recorded>>> => {
    const events = await bounded(store.readStream(executionStream(execution), { from, limit }))
    if (E.isRight(events)) return events
    if (events.left._tag !== 'StreamDeleted')
      return E.left({ _tag: 'LogAway', reason: `${events.left._tag}: ${events.left.reason}` })
    states.drop(execution)
    return E.left({ _tag: 'LogGone' })
  }

  const keep = (execution: ExecutionId, folded: Folded) => {
    if (folded.next > (states.get(execution)?.next ?? 0n)) states.set(execution, folded)
  }

  /** Folds on from `base` until a page brings messages after `id`, or the log ends. */
  const foldOn = async (
    execution: ExecutionId,
    base: Folded,
    id: LiveId | 'none',
  ): Promise<E.Either<LogAway | LogGone, Found>> => {
    let folded = base
    for (;;) {
      const events = await read(execution, folded.next, page)
      if (E.isLeft(events)) return events
      const last = events.right.at(-1)
      if (last === undefined) return E.right({ folded, frames: [] })
      const { state, frames } = advanceAll(folded.state, events.right)
      folded = { state, next: revision(last.revision + 1n) }
      keep(execution, folded)
      const found = id === 'none' ? [] : frames.filter((frame) => isAfter(frame.id, id))
      if (found.length > 0 || events.right.length < page) return E.right({ folded, frames: found })
    }
  }

  return {
    after: async (execution, { id, next }) => {
      const known = states.get(execution)
      const base = known !== undefined && known.next <= next ? known : nothingFolded
      if (base.next < next) {
        const probe = await read(execution, next, 1)
        if (E.isLeft(probe)) return awayOr(probe.left, { frames: [], next, ended: true })
        if (probe.right.length === 0) return E.right({ frames: [], next, ended: undefined })
      }
      const found = await foldOn(execution, base, id)
      if (E.isLeft(found)) return awayOr(found.left, { frames: [], next, ended: true })
      const { folded, frames } = found.right
      return E.right({ frames, next: folded.next > next ? folded.next : next, ended: hasEnded(folded.state.run) })
    },
    head: async (execution) => {
      const found = await foldOn(execution, states.get(execution) ?? nothingFolded, 'none')
      if (E.isLeft(found)) return awayOr(found.left, undefined)
      const { run, last } = found.right.folded.state
      if (run.status === 'unborn') return E.right(undefined)
      const head = found.right.folded.next
      return E.right({ organizationId: run.organizationId, head, last, ended: hasEnded(run) })
    },
  }
}
