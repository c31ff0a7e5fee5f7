import * as E from 'fp-ts/Either'
import * as RA from 'fp-ts/ReadonlyArray'
import { newEvents } from '../../src/domain/command-handler'
import type { Json, NewEvent, Recorded, StreamName } from '../../src/domain/event-store'
import { execution, type ExecutionCommand, type ExecutionEvent, executionStream } from '../../src/domain/execution'
import type { Execution } from '../../src/domain/execution/state'
import { foldRecorded } from '../../src/domain/load'
import { revision } from '../../src/domain/position'
import { bytesOfEvent } from '../../src/stores/events/rough-bytes'
import type { RunLog } from '../../src/workflow/execution/run-commands'
import { executionId, organizationId } from './runs'
import { contextOf, right, sendTo } from './send'

export type LogInMemory = RunLog & {
  readonly stream: (name: StreamName) => ReadonlyArray<Recorded>
  /** Sizes of the appends that landed, in events. */
  readonly appends: ReadonlyArray<number>
}

const copy = (json: Json): unknown => JSON.parse(JSON.stringify(json))

/** Streams in memory, appended to at an exact revision; the same events at the same revision again are the same append. */
export const logInMemory = (): LogInMemory => {
  const streams = new Map<StreamName, ReadonlyArray<Recorded>>()
  const appends: number[] = []
  let written = 0n
  const stream = (name: StreamName) => streams.get(name) ?? []
  const record = (name: StreamName, at: number, { id, type, data, metadata }: NewEvent): Recorded => {
    written += 1n
    return {
      id,
      type,
      stream: name,
      revision: revision(BigInt(at)),
      position: { commit: written, prepare: written },
      created: new Date(0),
      data: copy(data),
      metadata: copy(metadata),
    }
  }
  const appended = ({ revision, position }: Recorded) => E.right({ revision, position })
  return {
    stream,
    appends,
    append: (name, expected, events) => () => {
      const known = stream(name)
      const from = expected === 'no_stream' ? 0 : Number(expected) + 1
      const there = known.slice(from, from + events.length)
      const repeated = there.at(-1)
      if (repeated !== undefined && events.every(({ id }, index) => there[index]?.id === id))
        return Promise.resolve(appended(repeated))
      if (from !== known.length)
        return Promise.resolve(
          E.left({ _tag: 'WrongExpectedRevision' as const, actual: known.at(-1)?.revision ?? 'no_stream' }),
        )
      const fresh = RA.mapWithIndex((index: number, event: NewEvent) => record(name, from + index, event))(events)
      streams.set(name, [...known, ...fresh])
      appends.push(fresh.length)
      return Promise.resolve(appended(fresh.at(-1)!))
    },
    readStream:
      (name, { from, limit, backwards = false, bytes = Infinity }) =>
      () => {
        const known = stream(name)
        const asked = backwards
          ? known.slice(0, from === undefined ? known.length : Number(from) + 1).toReversed()
          : known.slice(Number(from ?? 0n))
        let left = bytes
        const found = asked.slice(0, limit).filter((event) => {
          const isRead = left > 0
          left -= bytesOfEvent(event)
          return isRead
        })
        return Promise.resolve(E.right(found))
      },
  }
}

/** One run in a log in memory. */
export const runInMemory = (id = executionId, organization = organizationId) => {
  const log = logInMemory()
  const name = executionStream(id)
  const history = () => log.stream(name)
  const send = sendTo(log, organization)
  return {
    id,
    log,
    run: (): Execution => {
      const state = right(foldRecorded(execution)(history()))
      if (state.status === 'unborn') throw new Error('the run is not created')
      return state
    },
    types: (): ReadonlyArray<string> => history().map(({ type }) => type),
    events: (): ReadonlyArray<ExecutionEvent> => history().map((recorded) => right(execution.codec.decode(recorded))),
    /** What happened before the test, as it stands in the log. */
    given: async (...events: ReadonlyArray<ExecutionEvent>): Promise<void> => {
      const fresh = newEvents(execution.codec, contextOf(organization), name)(events)
      if (RA.isNonEmpty(fresh)) right(await log.append(name, history().at(-1)?.revision ?? 'no_stream', fresh)())
    },
    /** Somebody else's word. */
    send: (command: ExecutionCommand): Promise<void> => send(execution, name, command),
  }
}

export type RunInMemory = ReturnType<typeof runInMemory>
