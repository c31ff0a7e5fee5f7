import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as RA from 'fp-ts/ReadonlyArray'
import * as T from 'fp-ts/Task'
import * as TE from 'fp-ts/TaskEither'
import { newEvents } from '../../domain/command-handler'
import type { AppendError, EventStore, NewEvent, ReadError, Revision } from '../../domain/event-store'
import { execution, type ExecutionCommand, type ExecutionEvent, executionStream } from '../../domain/execution'
import type { Execution } from '../../domain/execution/state'
import { CommandId, derivedId, type ExecutionId } from '../../domain/ids'
import { load, type LoadError } from '../../domain/load'
import { EventMetadata } from '../../domain/metadata'
import type { LookAgain, RunGone, StepStop, Unsayable } from '../../nodes/step-run'

export type RunLog = Pick<EventStore, 'append' | 'readStream'>

export type LogAway = Exclude<LoadError, { readonly _tag: 'StreamDeleted' }> | ReadError | RunGone
export type CommitError = LookAgain | Unsayable | LogAway

/** A run as one advance knows it. It is read once; commands are decided on what is known, and go to the log together. */
export type RunCommands = {
  /** With what is staged. */
  readonly state: () => Execution
  /** Of the last event that is known to be in the log. */
  readonly revision: () => Revision
  /** Left: the run does not allow it as far as is known, or silently did it already. */
  readonly stage: (command: ExecutionCommand) => E.Either<StepStop, void>
  /** Whether what is staged must get into the log before anything else: it says that something happened that may not happen twice. */
  readonly isUrgent: () => boolean
  /** The same run, read again. */
  readonly reopen: TE.TaskEither<LogAway, RunCommands>
  /** Everything staged, in one append at the known revision. On a conflict all is decided again on what the log says. */
  readonly commit: TE.TaskEither<CommitError, void>
}

type Staged = { readonly command: ExecutionCommand; readonly events: ReadonlyArray<ExecutionEvent> }
type Known = {
  readonly run: Execution
  readonly revision: Revision
  readonly last: string
  readonly born: EventMetadata
}

const decisionsAtMost = 5
const lookAgain: LookAgain = { _tag: 'LookAgain' }

const passing: ReadonlyArray<string> = ['StoreUnavailable', 'StoreDenied']
const longestPause = 3_000

/** Gives the same again while the log is away, about eight minutes: what happened outside must get into the log before it is forgotten. */
const retry = <A>(task: TE.TaskEither<AppendError, A>, left: number, pause = 100): TE.TaskEither<AppendError, A> =>
  pipe(
    task,
    TE.orElse((error) =>
      left > 0 && passing.includes(error._tag)
        ? pipe(retry(task, left - 1, Math.min(longestPause, pause * 2)), T.delay(pause))
        : TE.left(error),
    ),
  )

const known = (log: RunLog, id: ExecutionId): TE.TaskEither<LogAway, Known> =>
  pipe(
    load(log)(execution)(executionStream(id)),
    TE.chainW(({ state, history }): TE.TaskEither<LogAway, Known> => {
      const last = history.at(-1)
      const born = EventMetadata.decode(history[0]?.metadata)
      return state.status === 'unborn' || last === undefined || E.isLeft(born)
        ? TE.left({ _tag: 'RunGone' })
        : TE.of({ run: state, revision: last.revision, last: last.id, born: born.right })
    }),
  )

const evolved = (run: Execution, events: ReadonlyArray<ExecutionEvent>): Execution =>
  events.reduce<Execution>((state, event) => execution.evolve(state, event) as Execution, run)

const asEvents = ({ run, revision, last, born }: Known, author: string, staged: ReadonlyArray<Staged>) =>
  newEvents(
    execution.codec,
    {
      commandId: derivedId(CommandId, run.executionId, author, String(revision)),
      commandHash: author,
      correlationId: born.$correlationId,
      causationId: last,
      actor: { type: 'system', id: 'workflow' },
      organization: born.organization_id,
      ...(born.traceparent === undefined ? {} : { traceparent: born.traceparent }),
    },
    executionStream(run.executionId),
  )(staged.flatMap(({ events }) => events))

const isReceipt = ({ command }: Staged): boolean => command.type === 'RecordReceipt'

/** `author` is this worker's, new with each process. */
export const openRun =
  (log: RunLog, author: string) =>
  (id: ExecutionId): TE.TaskEither<LogAway, RunCommands> =>
    pipe(
      known(log, id),
      TE.map((first) => runCommands(log, author, id, first)),
    )

const runCommands = (log: RunLog, author: string, id: ExecutionId, first: Known): RunCommands => {
  let base = first
  let state = first.run
  let staged: ReadonlyArray<Staged> = []

  const stage = (command: ExecutionCommand): E.Either<StepStop, void> =>
    pipe(
      execution.decide(command)(state),
      E.bimap(
        (): StepStop => lookAgain,
        (events) => {
          if (events.length === 0) return
          staged = [...staged, { command, events }]
          state = evolved(state, events)
        },
      ),
    )

  const landed = (events: ReadonlyArray<NewEvent>, revision: Revision, rest: ReadonlyArray<Staged>) => {
    const done = staged.slice(0, staged.length - rest.length)
    const run = evolved(
      base.run,
      done.flatMap((each) => each.events),
    )
    base = { ...base, run, revision, last: events.at(-1)?.id ?? base.last }
    staged = rest
  }

  /** Decides everything staged again on what the log says now. What is refused, and what comes after it, falls away. */
  const again = (): TE.TaskEither<CommitError, { readonly dropped: boolean }> =>
    pipe(
      known(log, id),
      TE.map((now) => {
        const commands = staged.map(({ command }) => command)
        base = now
        state = now.run
        staged = []
        return { dropped: commands.some((command) => E.isLeft(stage(command))) }
      }),
    )

  const append = (part: ReadonlyArray<Staged>, rest: ReadonlyArray<Staged>): TE.TaskEither<AppendError, void> => {
    const events = asEvents(base, author, part)
    if (!RA.isNonEmpty(events)) return TE.of(undefined)
    const once = log.append(executionStream(id), base.revision, events)
    return pipe(
      retry(once, part.some(isReceipt) ? 160 : 2),
      TE.map(({ revision }) => landed(events, revision, rest)),
    )
  }

  /** One command at a time, up to the one that the log does not take. */
  const oneByOne = (): TE.TaskEither<CommitError, void> => {
    const [one, ...rest] = staged
    if (one === undefined) return TE.of(undefined)
    return pipe(
      append([one], rest),
      TE.orElseW((error): TE.TaskEither<CommitError, void> => {
        if (error._tag !== 'EventTooLarge' && error._tag !== 'EventNotEncodable') return failed(error)
        staged = []
        state = base.run
        return TE.left({ _tag: 'Unsayable', command: one.command, error })
      }),
      TE.chain(oneByOne),
    )
  }

  const failed = (error: AppendError): TE.TaskEither<CommitError, never> =>
    error._tag === 'WrongExpectedRevision' ? TE.left(lookAgain) : TE.left(error as LogAway)

  const commit = (left: number, dropped: boolean): TE.TaskEither<CommitError, void> =>
    pipe(
      append(staged, []),
      TE.orElse((error): TE.TaskEither<CommitError, void> => {
        if (error._tag === 'EventTooLarge' || error._tag === 'EventNotEncodable') return oneByOne()
        if (error._tag !== 'WrongExpectedRevision' || left === 0) return failed(error)
        return pipe(
          again(),
          TE.chain((decided) => commit(left - 1, dropped || decided.dropped)),
        )
      }),
      TE.chain(() => (dropped ? TE.left(lookAgain) : TE.of(undefined))),
    )

  return {
    state: () => state,
    revision: () => base.revision,
    stage,
    isUrgent: () =>
      staged.some(
        ({ command }) =>
          command.type === 'RecordReceipt' && state.effects[command.receipt.data.effect_key]?.repeatable === false,
      ),
    reopen: openRun(log, author)(id),
    commit: () => commit(decisionsAtMost, false)(),
  }
}
