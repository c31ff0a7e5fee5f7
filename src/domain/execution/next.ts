import type { NodeId } from '../ids'
import { phases } from './plan'
import {
  type Execution,
  type ExecutionStatus,
  hasEnded,
  type Hold,
  holdOf,
  isDone,
  type MadeDocument,
  type Requested,
  type Step,
  stepAtWork,
} from './state'
import type { LifecycleCommand } from './lifecycle'
import type { ReviewCommand } from './reviews'
import type { StepCommand } from './steps'

const forPeople: ReadonlyArray<Hold['kind']> = ['preflight_blocked', 'review', 'outcome_lost']

/** The guide's word for how a run stands. */
export const statusOf = ({ life, stage, holds }: Omit<Execution, 'status'>): ExecutionStatus => {
  if (life !== 'running') return life
  if (holds.some(({ kind }) => forPeople.includes(kind))) return 'needs_review'
  if (holds.some(({ kind }) => kind === 'paused')) return 'paused'
  return stage === 'making' ? 'running' : stage
}

export type Control = 'pause' | 'resume' | 'cancel' | 'retry'

const controls: Readonly<Record<ExecutionStatus, ReadonlyArray<Control>>> = {
  queued: ['pause', 'cancel'],
  running: ['pause', 'cancel'],
  ready: ['pause', 'cancel'],
  sending: ['pause', 'cancel'],
  sent: ['pause', 'cancel'],
  signing: ['pause', 'cancel'],
  signed: ['pause', 'cancel'],
  needs_review: ['resume', 'cancel'],
  paused: ['resume', 'cancel'],
  completed: ['retry'],
  failed: ['retry'],
  canceled: ['retry'],
}

/** The controls that a run in this state accepts; `requested` is what it has heard and will do when its step ends. */
export const acceptedIn = (
  status: ExecutionStatus,
  requested: Requested['control'] | null = null,
): ReadonlyArray<Control> => {
  if (requested === 'cancel') return ['cancel']
  return requested === 'pause' ? ['resume', 'cancel'] : controls[status]
}

/** A control and the fields of its body: those that it needs, and those that it may have. */
type Acceptance = {
  readonly control: Control
  readonly needs: ReadonlyArray<string>
  readonly may: ReadonlyArray<string>
}

const plainly = (control: 'pause' | 'cancel'): Acceptance => ({ control, needs: [], may: ['reason'] })
const resumeWith = (...needs: ReadonlyArray<string>): Acceptance => ({
  control: 'resume',
  needs,
  may: ['approved', 'changes', 'reason'].filter((field) => !needs.includes(field)),
})

const ways: Readonly<Record<Hold['kind'], ReadonlyArray<Acceptance>>> = {
  preflight_blocked: [resumeWith('approved'), plainly('cancel')],
  review: [resumeWith('approved'), plainly('cancel')],
  outcome_lost: [resumeWith('decision'), plainly('cancel')],
  retry_due: [plainly('pause'), plainly('cancel')],
  paused: [resumeWith('approved'), plainly('cancel')],
}

/** What lets a run go on that waits for this. */
export const acceptedAt = (
  kind: Hold['kind'],
  status: ExecutionStatus,
  requested: Requested['control'] | null,
): ReadonlyArray<Acceptance> => ways[kind].filter(({ control }) => acceptedIn(status, requested).includes(control))

/** What a run owes itself: no work, only a decision. */
type Due = Extract<
  LifecycleCommand | StepCommand | ReviewCommand,
  { readonly type: 'StartExecution' | 'CarryOutRequest' | 'SkipStep' | 'CompleteExecution' | 'ExpireReview' }
>

export type Next =
  | { readonly _tag: 'Ended' }
  | { readonly _tag: 'Decide'; readonly command: Due }
  | { readonly _tag: 'Check'; readonly nodes: ReadonlyArray<NodeId> }
  | { readonly _tag: 'Run'; readonly step: Step }
  /** Documents whose time is over. */
  | { readonly _tag: 'Expire'; readonly documents: ReadonlyArray<MadeDocument> }
  /** `until`: when to look again, RFC 3339; undefined: when somebody says something. */
  | { readonly _tag: 'Wait'; readonly holds: ReadonlyArray<Hold>; readonly until: string | undefined }

const ended: Next = { _tag: 'Ended' }

const afterEnd = ({ documents }: Execution, now: string): Next => {
  const kept = documents.filter(
    ({ expires_at, expired_at, reused }) => expires_at !== null && expired_at === undefined && !reused,
  )
  const due = kept.filter(({ expires_at }) => expires_at !== null && expires_at <= now)
  if (due.length > 0) return { _tag: 'Expire', documents: due }
  const [until] = kept.flatMap(({ expires_at }) => expires_at ?? []).toSorted()
  return until === undefined ? ended : { _tag: 'Wait', holds: [], until }
}

const reasonToSkip = (run: Execution, { phase, kind }: Step): 'dry_run' | 'until_phase' | undefined => {
  if (run.untilPhase !== undefined && phases.indexOf(phase) > phases.indexOf(run.untilPhase)) return 'until_phase'
  return run.dryRun && (kind === 'delivery' || kind === 'human') ? 'dry_run' : undefined
}

const whileHeld = (run: Execution, now: string): Next | undefined => {
  const [first] = run.holds
  if (first === undefined) return undefined
  const review = holdOf(run, 'review')
  if (review !== undefined && review.until <= now)
    return { _tag: 'Decide', command: { type: 'ExpireReview', review_id: review.review_id, now } }
  if (run.holds.length > 1 || first.kind !== 'retry_due')
    return { _tag: 'Wait', holds: run.holds, until: review?.until }
  return first.until <= now ? undefined : { _tag: 'Wait', holds: run.holds, until: first.until }
}

/** What may happen to a run now. The worker obeys it, `?plan=true` shows it, `waiting_for` is its holds. `now` is RFC 3339 UTC. */
export const next = (run: Execution, now: string): Next => {
  if (hasEnded(run)) return afterEnd(run, now)
  if (run.life === 'queued') return { _tag: 'Decide', command: { type: 'StartExecution' } }
  if (run.requested !== undefined && stepAtWork(run) !== undefined)
    return { _tag: 'Decide', command: { type: 'CarryOutRequest', now } }
  const waiting = whileHeld(run, now)
  if (waiting !== undefined) return waiting
  if (run.preflight.due.length > 0) return { _tag: 'Check', nodes: run.preflight.due }
  const step = run.steps.find((each) => !isDone(each))
  if (step === undefined) return { _tag: 'Decide', command: { type: 'CompleteExecution' } }
  const reason = reasonToSkip(run, step)
  return reason === undefined
    ? { _tag: 'Run', step }
    : { _tag: 'Decide', command: { type: 'SkipStep', step_id: step.step_id, reason } }
}
