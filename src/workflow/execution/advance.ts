import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as T from 'fp-ts/Task'
import * as TE from 'fp-ts/TaskEither'
import type { ExecutionCommand } from '../../domain/execution'
import { next } from '../../domain/execution/next'
import { type MadeDocument, type Step, stepOf } from '../../domain/execution/state'
import type { ExecutionId, StepId } from '../../domain/ids'
import type { StepStop, Unavailable, Unsayable } from '../../nodes/steps/step-run'
import { attempt, type Attempting, type RunnableType, unknownType } from './attempt'
import type { Catalog, catalogOf } from './catalog'
import { checkRun } from './check-run'
import { reportUsed } from './report-connection'
import { openRun, type RunCommands, type RunLog } from './run-commands'
import { unsayable } from './step-faults'
import { committed, lookAgain, orStop } from './stop'

/** `author` says so, and is at nothing any more: what it left open has not died with it. */
export type Advanced =
  | { readonly _tag: 'Ended' }
  /** `ms`: when to look again; null: when somebody says something. */
  | { readonly _tag: 'Wait'; readonly ms: number | null; readonly author: string | null }
  /** A part of docg itself did not answer. */
  | { readonly _tag: 'Away'; readonly reason: string; readonly author: string }

export type Advancing = Omit<Attempting, 'putOffBy'> & {
  readonly log: RunLog
  readonly catalog: ReturnType<typeof catalogOf>
  readonly nodeType: (name: string) => RunnableType | undefined
  readonly deleteDocument: (document: MadeDocument) => TE.TaskEither<Unavailable, void>
}

/** A run that others move all the time is put off rather than looked at without end. */
const looksAtMost = 50

const waitUntil = (until: string | undefined, now: string, author: string): Advanced => ({
  _tag: 'Wait',
  ms: until === undefined ? null : Math.max(0, Date.parse(until) - Date.parse(now)),
  author,
})

const tryStep = (
  deps: Advancing & Attempting,
  catalog: Catalog,
  run: RunCommands,
  step: Step,
): TE.TaskEither<StepStop, void> =>
  pipe(
    catalog.nodes(run.state()),
    TE.chainW((nodes) => {
      const node = nodes.find(({ node_id }) => node_id === step.node_id)
      const type = node === undefined ? undefined : deps.nodeType(node.node_type)
      const before = run.state()
      return pipe(
        attempt(deps, catalog, type ?? unknownType(step.node_type), node?.config ?? {}, run, step),
        TE.chainFirstTaskK(() =>
          node === undefined ? T.of(undefined) : reportUsed(deps, catalog, run, node, step.step_id)(before),
        ),
      )
    }),
  )

const expire = (
  deps: Advancing,
  run: RunCommands,
  documents: ReadonlyArray<MadeDocument>,
): TE.TaskEither<StepStop, void> =>
  pipe(
    documents,
    TE.traverseSeqArray((document) =>
      pipe(
        deps.deleteDocument(document),
        TE.mapLeft((error): StepStop => error),
        TE.chainEitherK(() =>
          run.stage({ type: 'ExpireDocument', document_id: document.document_id, now: deps.now() }),
        ),
      ),
    ),
    TE.map(() => undefined),
  )

/** Does what the run says is next, until it ends or waits. */
const lookAt =
  (deps: Advancing & Attempting, catalog: Catalog) =>
  (run: RunCommands): TE.TaskEither<StepStop, Advanced> => {
    const now = deps.now()
    const then = (work: TE.TaskEither<StepStop, void>) =>
      pipe(
        work,
        TE.chain(() => lookAt(deps, catalog)(run)),
      )
    const at = (advanced: Advanced) =>
      pipe(
        committed(run),
        TE.map(() => advanced),
      )
    const todo = next(run.state(), now)
    switch (todo._tag) {
      case 'Ended':
        return at({ _tag: 'Ended' })
      case 'Wait':
        return at(waitUntil(todo.until, now, deps.author))
      case 'Decide':
        return then(TE.fromEither(run.stage(todo.command)))
      case 'Check':
        return then(checkRun(deps, catalog, run, todo.nodes))
      case 'Expire':
        return then(expire(deps, run, todo.documents))
      case 'Run':
        return then(tryStep(deps, catalog, run, todo.step))
    }
  }

/** What was decided before something stood in the way is in the log all the same. */
const keepingStaged =
  (run: RunCommands) =>
  (stop: StepStop): TE.TaskEither<StepStop, never> =>
    stop._tag === 'Unavailable'
      ? pipe(
          committed(run),
          TE.chain(() => TE.left<StepStop>(stop)),
        )
      : TE.left(stop)

const stepIdOf = ({ command }: Unsayable): StepId | undefined =>
  'step_id' in command ? command.step_id : command.type === 'RecordReceipt' ? command.receipt.data.step_id : undefined

/** The step fails for what the log does not take; input that is too large is left out. */
const failFor = (deps: Advancing, id: ExecutionId, stop: Unsayable): TE.TaskEither<StepStop, void> =>
  pipe(
    orStop(openRun(deps.log, deps.author)(id)),
    TE.chain((run) => {
      const step_id = stepIdOf(stop)
      const step = step_id === undefined ? undefined : stepOf(run.state(), step_id)
      if (step === undefined)
        throw new Error(`the log does not take ${stop.command.type}: ${JSON.stringify(stop.error)}`)
      const fail: ExecutionCommand = {
        type: 'FailStep',
        step_id: step.step_id,
        fault: unsayable(step, stop),
        retryable: false,
      }
      const start: ReadonlyArray<ExecutionCommand> =
        stop.command.type === 'StartStep' ? [{ ...stop.command, data_in: {} }] : []
      return pipe(
        TE.fromEither(pipe([...start, fail], E.traverseArray(run.stage))),
        TE.chainW(() => committed(run)),
      )
    }),
  )

/**
 * Takes a run as far as it goes now. The run is read once; every refusal and every conflict means that somebody else moved it, and then it is read
 * again. `putOffBy`: who gave the answer before.
 */
export const advance =
  (common: Advancing) =>
  (id: ExecutionId, putOffBy?: string): TE.TaskEither<never, Advanced> => {
    const deps = { ...common, putOffBy }
    const away = (reason: string): Advanced => ({ _tag: 'Away', reason, author: deps.author })
    const look = (id: ExecutionId, left: number): TE.TaskEither<never, Advanced> => {
      if (left === 0) return TE.of(away('the run is moved all the time'))
      return pipe(
        orStop(openRun(deps.log, deps.author)(id)),
        TE.chain((run) =>
          pipe(lookAt(deps, deps.catalog(run.state().organizationId))(run), TE.orElseW(keepingStaged(run))),
        ),
        TE.orElse((stop): TE.TaskEither<StepStop, Advanced> => {
          if (stop._tag !== 'Unsayable') return TE.left(stop)
          return pipe(
            failFor(deps, id, stop),
            TE.chain(() => TE.left<StepStop>(lookAgain)),
          )
        }),
        TE.orElse((stop): TE.TaskEither<never, Advanced> => {
          if (stop._tag === 'LookAgain') return look(id, left - 1)
          if (stop._tag === 'RunGone') return TE.of({ _tag: 'Ended' })
          if (stop._tag === 'Unavailable') return TE.of(away(stop.reason))
          throw new Error(`${stop._tag} outside of a step`)
        }),
      )
    }
    return look(id, looksAtMost)
  }
