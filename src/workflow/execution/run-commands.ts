import { createHash } from 'node:crypto'
import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as RA from 'fp-ts/ReadonlyArray'
import * as T from 'fp-ts/Task'
import * as TE from 'fp-ts/TaskEither'
import { newEvents } from '../../domain/command-handler'
import type { AppendError, EventStore, NewEvent, ReadError, Revision } from '../../domain/event-store'
import { execution, type ExecutionCommand, type ExecutionEvent, executionStream } from '../../domain/execution'
import type { Execution } from '../../domain/execution/state'
import { CommandId, type CorrelationId, derivedId, type ExecutionId } from '../../domain/ids'
import { load, type LoadError } from '../../domain/load'
import { EventMetadata } from '../../domain/metadata'
import type { LookAgain, RunGone, StepStop, Unsayable } from '../../nodes/steps/step-run'

export type RunLog = Pick<EventStore, 'append' | 'readStream'>

export type LogAway = Exclude<LoadError, { readonly _tag: 'StreamDeleted' }> | ReadError | RunGone
export type CommitError = LookAgain | Unsayable | LogAway

/** A run as one advance knows it. It is read once; commands are decided on what is known, and go to the log together. */
export type RunCommands = {
  /** With what is staged. */
  readonly state: () => Execution
  readonly correlationId: CorrelationId
  /** Of the last event that is known to be in the log. */
  readonly revision: () => Revision
  /** Left: the run does not allow it as far as is known, or silently did it already. */
  readonly stage: (command: ExecutionCommand) => E.Either<StepStop, void>
  /** Whether what is staged must get into the log before anything else: it says that something happened that may not happen twice. */
  readonly isUrgent: () => boolean
  /** The same run, read again, however long the log is away. */
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
const retriesAtMost = 2
const lookAgain: LookAgain = { _tag: 'LookAgain' }

const passing: ReadonlyArray<string> = ['StoreUnavailable', 'StoreDenied']
const longestPause = 3_000

/** The same again while the log is away, `left` times more. */
const retry = <Error extends { readonly _tag: string }, A>(
  task: TE.TaskEither<Error, A>,
  left: number,
  pause = 100,
): TE.TaskEither<Error, A> =>
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

/** Ids follow from what is said, too: a log that hears something else at the same revision must not take it for the same again. */
const asEvents = ({ run, revision, last, born }: Known, author: string, staged: ReadonlyArray<Staged>) => {
  const events = staged.flatMap((each) => each.events)
  return newEvents(
    execution.codec,
    {
      commandId: derivedId(CommandId, run.executionId, author, String(revision)),
      commandHash: createHash('sha256').update(JSON.stringify(events)).digest('hex'),
      correlationId: born.$correlationId,
      causationId: last,
      actor: { type: 'system', id: 'workflow' },
      organization: born.organization_id,
      ...(born.traceparent === undefined ? {} : { traceparent: born.traceparent }),
    },
    executionStream(run.executionId),
  )(events)
}

const isReceipt = ({ command }: Staged): boolean => command.type === 'RecordReceipt'

/** What happened outside must get into the log before it is forgotten, however long that takes; anything else can be decided again. */
const patience = (staged: ReadonlyArray<Staged>, otherwise: number): number =>
  staged.some(isReceipt) ? Infinity : otherwise

const isUnsayable = (error: AppendError): error is Unsayable['error'] =>
  error._tag === 'EventTooLarge' || error._tag === 'EventNotEncodable'

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

  /** What was staged meanwhile stays so. */
  const landed = (part: ReadonlyArray<Staged>, events: ReadonlyArray<NewEvent>, revision: Revision) => {
    const run = evolved(
      base.run,
      part.flatMap((each) => each.events),
    )
    base = { ...base, run, revision, last: events.at(-1)?.id ?? base.last }
    staged = staged.slice(part.length)
  }

  /** Decides everything staged again on what the log says now. What is refused, and what comes after it, falls away. */
  const again = (): TE.TaskEither<CommitError, { readonly dropped: boolean }> =>
    pipe(
      retry(known(log, id), patience(staged, retriesAtMost)),
      TE.map((now) => {
        const commands = staged.map(({ command }) => command)
        base = now
        state = now.run
        staged = []
        return { dropped: commands.some((command) => E.isLeft(stage(command))) }
      }),
    )

  const append = (part: ReadonlyArray<Staged>): TE.TaskEither<AppendError, void> => {
    const events = asEvents(base, author, part)
    if (!RA.isNonEmpty(events)) return TE.of(undefined)
    return pipe(
      retry(log.append(executionStream(id), base.revision, events), patience(part, retriesAtMost)),
      TE.map(({ revision }) => landed(part, events, revision)),
    )
  }

  const failed = (error: AppendError): TE.TaskEither<CommitError, never> =>
    error._tag === 'WrongExpectedRevision' ? TE.left(lookAgain) : TE.left(error as LogAway)

  const onConflict = (error: AppendError, left: number, dropped: boolean): TE.TaskEither<CommitError, void> =>
    error._tag !== 'WrongExpectedRevision' || left + patience(staged, 0) <= 0
      ? failed(error)
      : pipe(
          again(),
          TE.chain((decided) => commit(left - 1, dropped || decided.dropped)),
        )

  /** One command at a time, up to the one that the log does not take. */
  const oneByOne = (left: number, dropped: boolean): TE.TaskEither<CommitError, void> => {
    const [one] = staged
    if (one === undefined) return dropped ? TE.left(lookAgain) : TE.of(undefined)
    return pipe(
      append([one]),
      TE.foldW(
        (error): TE.TaskEither<CommitError, void> => {
          if (!isUnsayable(error)) return onConflict(error, left, dropped)
          staged = []
          state = base.run
          return TE.left({ _tag: 'Unsayable', command: one.command, error })
        },
        () => oneByOne(left, dropped),
      ),
    )
  }

  const commit = (left: number, dropped: boolean): TE.TaskEither<CommitError, void> =>
    pipe(
      append(staged),
      TE.foldW(
        (error) => (isUnsayable(error) ? oneByOne(left, dropped) : onConflict(error, left, dropped)),
        (): TE.TaskEither<CommitError, void> => (dropped ? TE.left(lookAgain) : TE.of(undefined)),
      ),
    )

  let turn: Promise<unknown> = Promise.resolve()
  /** One at a time: an attempt that was given up may still be at its last one. */
  const inTurn = <A>(task: () => Promise<A>): Promise<A> => {
    const mine = turn.then(task, task)
    turn = mine
    return mine
  }

  return {
    state: () => state,
    correlationId: first.born.$correlationId,
    revision: () => base.revision,
    stage,
    isUrgent: () =>
      staged.some(
        ({ command }) =>
          command.type === 'RecordReceipt' && state.effects[command.receipt.data.effect_key]?.repeatable === false,
      ),
    reopen: retry(openRun(log, author)(id), Infinity),
    commit: () => inTurn(() => commit(decisionsAtMost, false)()),
  }
}
