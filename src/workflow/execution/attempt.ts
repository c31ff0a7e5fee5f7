import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import { type Execution, type Step, stepOf } from '../../domain/execution/state'
import type { Fault } from '../../domain/fault'
import type { JsonObject } from '../../domain/json'
import type { AnyNodeType } from '../../nodes/any-node-type'
import type { FillTexts } from '../../nodes/node-work/filling'
import type { Checks, Probes } from '../../nodes/preflight'
import { triggerOf } from '../../nodes/triggers'
import type { References, StepFault, StepResult, StepServices, StepStop } from '../../nodes/steps/step-run'
import type { Catalog } from './catalog'
import { once } from './once'
import type { RunCommands } from './run-commands'
import { brokeDown, internal, tooSlow, workerLost, outcomeUnknown } from './step-faults'
import { committed, lookAgain } from './stop'

/** How a node's type is run, its configuration as stored. */
export type RunnableType = Pick<AnyNodeType, 'node_type' | 'attempts' | 'timeoutMs' | 'fill' | 'input' | 'execute'>

export type Attempting = {
  readonly services: Omit<StepServices, 'template' | 'connection'>
  readonly checks: Checks
  readonly probes: Probes
  readonly fillTexts: FillTexts
  /** This worker, for as long as it lives: another's attempt that is still at work is taken for dead. */
  readonly author: string
  /** Who looked at this run last and said that it waits, or that a part of docg is away: what it left open has not died with it. */
  readonly putOffBy?: string | undefined
  /** RFC 3339 UTC with milliseconds. */
  readonly now: () => string
  /** Calls back when a cancel is asked for while the attempt is at work; returns how to cease. */
  readonly onCancel: (run: RunCommands, canceled: () => void) => () => void
}

/** A step whose worker died so often is given up: it may be what kills them. */
const deathsAtMost = 3

const firstPause = 1_000
const longestPause = 60_000
const retryAt = (now: string, faults: number, afterMs = 0): string =>
  new Date(Date.parse(now) + Math.min(longestPause, Math.max(afterMs, firstPause * 2 ** faults))).toISOString()

const referencesOf = (run: Execution): References => ({
  trigger: triggerOf(run),
  step: Object.fromEntries(run.steps.map(({ position, output }) => [String(position), output])),
})

const isDead = (step: Step, { author, putOffBy }: Attempting): boolean =>
  step.status === 'running' && !step.waitsForRetry && step.author !== author && step.author !== putOffBy

const say = (
  run: RunCommands,
  ...commands: ReadonlyArray<Parameters<RunCommands['stage']>[0]>
): TE.TaskEither<StepStop, void> =>
  pipe(
    commands,
    E.traverseArray(run.stage),
    E.map(() => undefined),
    TE.fromEither,
  )

/** What may have happened outside, and nobody has said so. */
const reportUnknown = (
  run: RunCommands,
  { now }: Attempting,
  step: Step,
): TE.TaskEither<StepStop, void> | undefined => {
  const unknown = Object.values(run.state().effects).find(
    ({ step_id, status, repeatable }) => step_id === step.step_id && status === 'intended' && !repeatable,
  )
  return unknown === undefined
    ? undefined
    : say(run, { type: 'ReportLostOutcome', effect_key: unknown.effect_key, now: now(), fault: outcomeUnknown(step) })
}

const failStep = (
  run: RunCommands,
  { step_id }: Step,
  fault: Fault,
  retryable: boolean,
): TE.TaskEither<StepStop, void> => say(run, { type: 'FailStep', step_id, fault, retryable })

/** Gives a step up whose attempts all ended with their worker; what may have happened outside is for a person to say. */
const giveUp = (run: RunCommands, deps: Attempting, step: Step): TE.TaskEither<StepStop, void> =>
  pipe(
    reportUnknown(run, deps, step) ?? failStep(run, step, workerLost(step, deathsAtMost), false),
    TE.chain(() => committed(run)),
  )

const inputOf = (
  { input }: RunnableType,
  config: JsonObject,
  prepared: Parameters<RunnableType['input']>[1],
): E.Either<StepFault, JsonObject> =>
  pipe(
    E.tryCatch(
      () => input(config, prepared),
      (thrown) => brokeDown(prepared.step, thrown),
    ),
    E.flatten,
  )

/** Work that ends at once when a cancel is asked for. */
export const untilCanceled =
  <A>(deps: Pick<Attempting, 'onCancel'>, run: RunCommands, work: (signal: AbortSignal) => Promise<A>) =>
  async (): Promise<A> => {
    const stop = new AbortController()
    const cease = deps.onCancel(run, () => stop.abort())
    try {
      return await work(stop.signal)
    } finally {
      cease()
    }
  }

/** Right, with a fault: the step begins, and fails for it. */
const filledTexts = (
  deps: Attempting,
  type: RunnableType,
  config: JsonObject,
  run: RunCommands,
  step: Step,
): TE.TaskEither<StepStop, E.Either<StepFault, unknown>> =>
  pipe(
    untilCanceled(deps, run, (signal) => {
      const { organizationId: owner } = run.state()
      const wanted = { type, config, references: referencesOf(run.state()), step, owner, signal }
      return deps
        .fillTexts(wanted)()
        .catch((thrown: unknown): E.Either<StepFault, never> => E.left(brokeDown(step, thrown)))
    }),
    TE.map(E.right<StepFault, unknown>),
    TE.orElse((stop): TE.TaskEither<StepStop, E.Either<StepFault, unknown>> =>
      stop._tag === 'StepFault' ? TE.right(E.left(stop)) : TE.left(stop),
    ),
  )

/** The attempt's own time limit, and the end of the road for what it throws: a bug fails its run, not the worker. */
const withTimeout =
  <A>(
    ms: number,
    step: Step,
    work: (isOver: () => boolean) => TE.TaskEither<StepStop, A>,
    abort: () => void,
  ): TE.TaskEither<StepStop, A> =>
  async () => {
    let over = false
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<E.Either<StepStop, A>>((resolve) => {
      timer = setTimeout(() => {
        resolve(E.left(tooSlow(step, ms)))
        abort()
      }, ms)
    })
    const ended = Promise.resolve()
      .then(() => work(() => over)())
      .catch((reason: unknown): E.Either<StepStop, A> => E.left(brokeDown(step, reason)))
    const first = await Promise.race([ended, late])
    over = true
    clearTimeout(timer)
    return first
  }

const execute = (
  deps: Attempting,
  catalog: Catalog,
  { timeoutMs, execute }: RunnableType,
  config: JsonObject,
  filled: unknown,
  run: RunCommands,
  step: Step,
): TE.TaskEither<StepStop, StepResult> => {
  const { executionId, organizationId, documents, dryRun, workflowName } = run.state()
  const stop = new AbortController()
  const work = (isOver: () => boolean) =>
    execute(config, {
      ...deps.services,
      template: catalog.templateOf(run.state()),
      connection: catalog.connection,
      executionId,
      organizationId,
      workflowName,
      step,
      dryRun,
      signal: stop.signal,
      now: deps.now,
      references: referencesOf(run.state()),
      documents,
      filled,
      effect: (key) => run.state().effects[key],
      effectKey: (target) => `${step.step_id}/${target}`,
      once: once(run, step, `${deps.author}/${step.attempt}`, deps.now, isOver),
      reviews: run.state().reviews.filter(({ step_id }) => step_id === step.step_id),
      review: (command) => () =>
        isOver()
          ? Promise.resolve(E.left(lookAgain))
          : pipe(
              say(run, command),
              TE.chainW(() => committed(run)),
            )(),
    })
  return async () => {
    const canceled = new AbortController()
    const cease = deps.onCancel(run, () => {
      canceled.abort()
      stop.abort()
    })
    const result = await withTimeout(timeoutMs, step, work, () => stop.abort())()
    cease()
    // What was stopped for a cancel has not failed: the run says how it ends.
    return canceled.signal.aborted && E.isLeft(result) && result.left._tag === 'StepFault'
      ? pipe(
          committed(run),
          TE.chain(() => TE.left<StepStop>(lookAgain)),
        )()
      : result
  }
}

/** What follows from an attempt that did not complete its step. */
const afterStop =
  (run: RunCommands, deps: Attempting, { attempts }: RunnableType, step: Step) =>
  (stop: StepStop): TE.TaskEither<StepStop, void> => {
    const { step_id, faults } = step
    if (stop._tag !== 'StepFault') return TE.left(stop)
    const { fault, retryable, retryAfterMs } = stop
    const now = deps.now()
    const failedAttempt = () =>
      retryable && faults + 1 < attempts
        ? say(run, {
            type: 'RecordFailedAttempt',
            step_id,
            attempts_at_most: attempts,
            now,
            retry_at: retryAt(now, faults, retryAfterMs),
            fault,
          })
        : failStep(run, step, fault, retryable)
    return pipe(
      reportUnknown(run, deps, step) ?? failedAttempt(),
      TE.chain(() => committed(run)),
    )
  }

const complete =
  (run: RunCommands, { step_id }: Step) =>
  ({ output, personal }: StepResult): TE.TaskEither<StepStop, void> =>
    say(run, { type: 'CompleteStep', step_id, output, personal: { output: personal } })

/**
 * One attempt at a step: begun, its effects once, completed or not. Ends with everything decided staged, not all of it in the log; a receipt that must
 * not be lost is.
 */
export const attempt = (
  deps: Attempting,
  catalog: Catalog,
  type: RunnableType,
  config: JsonObject,
  run: RunCommands,
  planned: Step,
): TE.TaskEither<StepStop, void> => {
  if (isDead(planned, deps) && planned.deaths + 1 >= deathsAtMost) return giveUp(run, deps, planned)
  return pipe(
    filledTexts(deps, type, config, run, planned),
    TE.chain((filled) => begun(deps, catalog, type, config, filled, run, planned)),
  )
}

const begun = (
  deps: Attempting,
  catalog: Catalog,
  type: RunnableType,
  config: JsonObject,
  filled: E.Either<StepFault, unknown>,
  run: RunCommands,
  planned: Step,
): TE.TaskEither<StepStop, void> => {
  const { step_id } = planned
  const asked = { references: referencesOf(run.state()), documents: run.state().documents, step: planned }
  const input = pipe(
    filled,
    E.chain((texts) => inputOf(type, config, { ...asked, filled: texts })),
  )
  const data_in = E.isRight(input) ? input.right : {}
  const work = (step: Step): TE.TaskEither<StepStop, void> =>
    pipe(
      TE.fromEither<StepStop, unknown>(
        pipe(
          input,
          E.chain(() => filled),
        ),
      ),
      TE.chain((texts) => execute(deps, catalog, type, config, texts, run, step)),
      TE.chain(complete(run, step)),
      TE.orElse(afterStop(run, deps, type, step)),
      TE.chain(() => (run.isUrgent() ? committed(run) : TE.of(undefined))),
    )
  return pipe(
    say(run, { type: 'StartStep', step_id, author: deps.author, data_in, put_off_by: deps.putOffBy }),
    TE.chainW(() => {
      const step = stepOf(run.state(), step_id)
      return step === undefined ? TE.left<StepStop>(lookAgain) : work(step)
    }),
  )
}

export const unknownType = (name: string): RunnableType => {
  const tech = `no node type ${name} in this version`
  return {
    node_type: name,
    attempts: 1,
    timeoutMs: 1_000,
    fill: () => E.right(null),
    input: (_, { step }) => E.left(internal(step, tech)),
    execute: (_, { step }) => TE.left(internal(step, tech)),
  }
}
