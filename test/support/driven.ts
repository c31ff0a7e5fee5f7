import * as E from 'fp-ts/Either'
import { execution, type ExecutionCommand, type ExecutionEvent } from '../../src/domain/execution'
import { next } from '../../src/domain/execution/next'
import type { Execution, ExecutionState, Step } from '../../src/domain/execution/state'
import * as controls from './controls'
import * as run from './runs'

/** `isWhole`: with it, all that one command gave is there; nobody ever reads a run in between. */
export type Moment = {
  readonly before: ExecutionState
  readonly event: ExecutionEvent
  readonly after: ExecutionState
  readonly isWhole: boolean
}
export type Driven = { readonly moments: ReadonlyArray<Moment>; readonly state: Execution; readonly now: string }

/** Carries out what the decider accepts, and leaves out what it refuses. */
export const tellAll = (story: ReadonlyArray<ExecutionCommand>): ReadonlyArray<Moment> => {
  let state = execution.initialState
  return story.flatMap((command) => {
    const decided = execution.decide(command)(state)
    return E.isLeft(decided)
      ? []
      : decided.right.map((event, i) => {
          const before = state
          state = execution.evolve(state, event)
          return { before, event, after: state, isWhole: i === decided.right.length - 1 }
        })
  })
}

const turnsAtMost = 500

const someControls = (now: string): ReadonlyArray<ExecutionCommand> => [
  { type: 'PauseExecution', now, reason: null },
  controls.resume({ now }),
  controls.resume({ now, decision: 'resend' }),
  controls.resume({ now, decision: 'assume_sent', changes: { to: 'b@example.com' } }),
  controls.resume({ now, decision: 'resend', recheck: [run.steps.email.node_id] }),
  controls.resume({ now, approved: false }),
  { type: 'CancelExecution', now, reason: null },
]

const reviewIdOf = (step: Step): string => `${step.step_id}/review`
const keyOf = (step: Step): string => `${step.step_id}/email`

/**
 * A worker without a world: it does what `next` says, well or badly as `choices` have it, with controls between any two commands. Once the choices
 * are used up all goes well and nobody says anything more.
 */
export const driven = (choices: ReadonlyArray<number>): Driven => {
  const told: ExecutionCommand[] = []
  let state: ExecutionState = execution.initialState
  let now = Date.parse(run.now)
  let worker = 1
  let used = 0
  const time = () => new Date(now).toISOString()
  const choose = (most: number): number => (choices[used++] ?? 0) % most
  const say = (command: ExecutionCommand): boolean => {
    const decided = execution.decide(command)(state)
    if (E.isLeft(decided)) return false
    told.push(command)
    state = decided.right.reduce(execution.evolve, state)
    return true
  }
  const must = (command: ExecutionCommand): void => {
    const before = state
    if (!say(command) || state === before) throw new Error(`${command.type} was next, and nothing came of it`)
  }
  const somebodySays = (): void => {
    const control = someControls(time())[choose(24) - 1]
    if (control !== undefined) say(control)
  }
  const dies = (): void => void (worker += 1)
  const failsOnce = (step: Step): void =>
    void say({ ...controls.failAttempt(step), now: time(), retry_at: new Date(now + 1_000).toISOString() } as never)

  const asksPeople = (step: Step): void => {
    const request = controls.requestOf(choose(2) === 1)
    const expires_at = new Date(now + 3_600_000).toISOString()
    say({ type: 'RequestReview', ...request, review_id: reviewIdOf(step), step_id: step.step_id, expires_at })
    somebodySays()
    say({ type: 'OpenReview', review_id: reviewIdOf(step), now: time() })
  }
  const sends = (step: Step): boolean => {
    const author = `worker ${worker}/${step.attempt + 1}`
    const isMeant = say({
      type: 'IntendEffect',
      ...run.sendIntention,
      effect_key: keyOf(step),
      step_id: step.step_id,
      author,
    })
    if (!isMeant) {
      say({ type: 'ReportLostOutcome', effect_key: keyOf(step), now: time(), fault: run.outcomeUnknown })
      return false
    }
    somebodySays()
    return choose(5) !== 1
  }
  const receipts = (step: Step): void =>
    void say({
      type: 'RecordReceipt',
      receipt: { type: 'DocumentSent', data: { ...run.sent.data, effect_key: keyOf(step), step_id: step.step_id } },
    })

  const works = (step: Step): void => {
    must({ ...controls.startStep(step, `worker ${worker}`), type: 'StartStep' } as never)
    somebodySays()
    if (step.kind === 'human') {
      asksPeople(step)
      return
    }
    if (step.node_type === 'email') {
      if (!sends(step)) {
        dies()
        return
      }
      receipts(step)
    }
    somebodySays()
    const outcome = choose(8)
    if (outcome === 1) {
      failsOnce(step)
      return
    }
    if (outcome === 2) {
      dies()
      return
    }
    say(outcome === 3 ? controls.failStep(step) : controls.completeStep(step))
  }

  const decidesReview = (open: Execution): void => {
    const [review] = open.reviews.filter(({ status }) => status === 'pending')
    if (review === undefined || (used < choices.length && choose(3) !== 1)) return
    say({ ...controls.decideReview(choose(4) !== 1, time()), review_id: review.review_id })
  }

  say({ type: 'CreateExecution', ...run.created.data, plan: controls.peopledPlan })
  for (let turn = 0; turn < turnsAtMost; turn += 1) {
    somebodySays()
    const known = state as Execution
    const todo = next(known, time())
    switch (todo._tag) {
      case 'Ended':
        return { moments: tellAll(told), state: known, now: time() }
      case 'Expire':
        for (const { document_id } of todo.documents) must({ type: 'ExpireDocument', document_id, now: time() })
        break
      case 'Decide':
        must(todo.command)
        break
      case 'Check':
        must(controls.record(known.preflight.round, choose(6) === 1 ? controls.blocking : [], todo.nodes))
        break
      case 'Run':
        works(todo.step)
        break
      case 'Wait':
        decidesReview(known)
        if (state !== known) break
        if (todo.until !== undefined) now = Date.parse(todo.until)
        else if (used >= choices.length) return { moments: tellAll(told), state: known, now: time() }
    }
  }
  throw new Error(`the run neither ended nor waited after ${turnsAtMost} turns`)
}
