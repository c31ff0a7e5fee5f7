import * as E from 'fp-ts/Either'
import * as t from 'io-ts'
import type { EventOf } from '../codec'
import { fault } from '../fault'
import { type NodeId, StepId } from '../ids'
import type { JsonObject } from '../json'
import { type EffectEvent, lostIn, settled, type StepOutOfTurn } from './effects'
import {
  alreadyEnded,
  canceledBy,
  carriedOut,
  type ControlNotAccepted,
  type ExecutionAlreadyEnded,
  type LifecycleEvent,
  resumeMark,
} from './lifecycle'
import type { OutcomeDecision } from './receipts'
import {
  type Execution,
  hasEnded,
  held,
  holdOf,
  released,
  type Review,
  type Step,
  stepOf,
  waitsForPeople,
} from './state'
import { failed, type StepEvent } from './steps'

const Via = t.keyof({ link: null, api: null, timeout: null })

export const reviewEvents = {
  ReviewRequested: t.readonly(
    t.type({
      review_id: t.string,
      step_id: StepId,
      /** RFC 3339, as `expires_at`. */
      at: t.string,
      expires_at: t.string,
      auto_approve: t.boolean,
      personal: t.readonly(
        t.type({
          message: t.string,
          approvers: t.readonlyArray(
            t.readonly(t.type({ approver_id: t.string, token_sha256: t.string, email: t.string })),
          ),
        }),
      ),
    }),
  ),
  /** Every approver was told: the run waits. */
  ReviewOpened: t.readonly(t.type({ review_id: t.string, step_id: StepId, at: t.string })),
  /** `approver_id` is null when it was no approver's link. Who it was otherwise is the event's actor. */
  ReviewDecided: t.readonly(
    t.type({
      review_id: t.string,
      step_id: StepId,
      at: t.string,
      approved: t.boolean,
      via: Via,
      approver_id: t.union([t.string, t.null]),
      personal: t.readonly(
        t.type({
          decided_by: t.union([t.string, t.null]),
          comment: t.union([t.string, t.null]),
          address: t.union([t.string, t.null]),
          user_agent: t.union([t.string, t.null]),
        }),
      ),
    }),
  ),
  ReviewExpired: t.readonly(t.type({ review_id: t.string, step_id: StepId, at: t.string })),
}
export type ReviewEvent = EventOf<typeof reviewEvents>
type DataOf<Type extends ReviewEvent['type']> = Extract<ReviewEvent, { readonly type: Type }>['data']

export type DecideReview = { readonly type: 'DecideReview'; readonly now: string } & Pick<
  DataOf<'ReviewDecided'>,
  'review_id' | 'approved' | 'approver_id' | 'personal'
>
export type ResumeExecution = {
  readonly type: 'ResumeExecution'
  readonly now: string
  readonly approved: boolean
  readonly decision: OutcomeDecision | null
  readonly recheck: ReadonlyArray<NodeId>
  readonly changes: JsonObject
  readonly reason: string | null
}
export type ReviewCommand =
  | ({ readonly type: 'RequestReview' } & DataOf<'ReviewRequested'>)
  | { readonly type: 'OpenReview'; readonly review_id: string; readonly now: string }
  | DecideReview
  | { readonly type: 'ExpireReview'; readonly review_id: string; readonly now: string }
  | ResumeExecution

/** It was decided, ran out, or ended with its run. */
export type ReviewOver = { readonly _tag: 'ReviewOver'; readonly status: Review['status'] | 'ended' }
/** Whether the e-mail was sent has to be said: `resend` or `assume_sent`. */
export type OutcomeDecisionNeeded = { readonly _tag: 'OutcomeDecisionNeeded' }
export type ReviewRefusal =
  ReviewOver | OutcomeDecisionNeeded | StepOutOfTurn | ControlNotAccepted | ExecutionAlreadyEnded

type Made = ReviewEvent | StepEvent | EffectEvent | LifecycleEvent
type Decision = E.Either<ReviewRefusal, ReadonlyArray<Made>>
type Decide<Type extends ReviewCommand['type']> = (
  command: Extract<ReviewCommand, { readonly type: Type }>,
) => (run: Execution) => Decision

const nothing: Decision = E.right([])

const pendingReview = ({ reviews, life }: Execution, id?: string): Review | undefined =>
  life === 'running'
    ? reviews.find(({ review_id, status }) => status === 'pending' && (id === undefined || id === review_id))
    : undefined

const request: Decide<'RequestReview'> =
  ({ type: _, ...data }) =>
  (run) => {
    if (run.reviews.some(({ review_id }) => review_id === data.review_id)) return nothing
    if (stepOf(run, data.step_id)?.status !== 'running' || run.life !== 'running')
      return E.left({ _tag: 'StepOutOfTurn' })
    return E.right([{ type: 'ReviewRequested', data }])
  }

const open: Decide<'OpenReview'> =
  ({ review_id, now }) =>
  (run) => {
    const review = pendingReview(run, review_id)
    if (review === undefined) return E.left({ _tag: 'StepOutOfTurn' })
    if (holdOf(run, 'review') !== undefined) return nothing
    const { step_id } = review
    return E.right([{ type: 'ReviewOpened', data: { review_id, step_id, at: now } }, ...carriedOut(run)])
  }

const done = (step: Step, review: Review, approved: Pick<DataOf<'ReviewDecided'>, 'via' | 'personal'>): StepEvent => ({
  type: 'StepCompleted',
  data: {
    step_id: step.step_id,
    node_id: step.node_id,
    position: step.position,
    output: { approved: true, review_id: review.review_id, via: approved.via },
    personal: { output: { decided_by: approved.personal.decided_by, comment: approved.personal.comment } },
  },
})

type Verdict = Pick<DataOf<'ReviewDecided'>, 'at' | 'approved' | 'via' | 'approver_id' | 'personal'>

/** The review's end, and what follows from it for its step and its run. */
const verdict = (run: Execution, review: Review, said: Verdict): ReadonlyArray<Made> => {
  const step = stepOf(run, review.step_id)
  if (step === undefined) return []
  const { review_id, step_id } = review
  const decided: Made = { type: 'ReviewDecided', data: { review_id, step_id, ...said } }
  if (said.approved) return [decided, done(step, review, said), ...carriedOut(run)]
  return [decided, { type: 'ExecutionCanceled', data: { at: said.at, personal: { reason: said.personal.comment } } }]
}

const nobody = { decided_by: null, comment: null, address: null, user_agent: null }

const decideReview: Decide<'DecideReview'> =
  ({ review_id, now, approved, approver_id, personal }) =>
  (run) => {
    const review = pendingReview(run, review_id)
    const known = run.reviews.find((each) => each.review_id === review_id)
    if (review === undefined)
      return E.left({
        _tag: 'ReviewOver',
        status: known === undefined || known.status === 'pending' ? 'ended' : known.status,
      })
    if (review.expires_at <= now) return E.left({ _tag: 'ReviewOver', status: 'expired' })
    return E.right(verdict(run, review, { at: now, approved, via: 'link', approver_id, personal }))
  }

const expire: Decide<'ExpireReview'> =
  ({ review_id, now }) =>
  (run) => {
    const isOpen = holdOf(run, 'review')?.review_id === review_id
    const review = isOpen ? pendingReview(run, review_id) : undefined
    const step = review === undefined ? undefined : stepOf(run, review.step_id)
    if (review === undefined || step === undefined || review.expires_at > now) return nothing
    if (review.auto_approve)
      return E.right(
        verdict(run, review, { at: now, approved: true, via: 'timeout', approver_id: null, personal: nobody }),
      )
    const over = fault('review.expired', { label: step.label }, `no decision until ${review.expires_at}`)
    return E.right([
      { type: 'ReviewExpired', data: { review_id, step_id: step.step_id, at: now } },
      ...failed(run, step, over),
    ])
  }

const isHeldForPeople = (run: Execution): boolean => run.requested?.control === 'pause' || waitsForPeople(run)

const decidedBy = (run: Execution, { now, approved, decision, reason }: ResumeExecution): ReadonlyArray<Made> => {
  const open = holdOf(run, 'review')
  const review = open === undefined ? undefined : pendingReview(run, open.review_id)
  const byApi = { at: now, approved, via: 'api' as const, approver_id: null, personal: { ...nobody, comment: reason } }
  if (!approved) return review === undefined ? canceledBy(run, now, reason) : verdict(run, review, byApi)
  return [
    ...(review === undefined ? [] : verdict(run, review, byApi)),
    ...(decision === null ? [] : lostIn(run).map((lost) => settled(lost, decision))),
  ]
}

/** A person lets the run go on, or ends it. */
const resume: Decide<'ResumeExecution'> = (command) => (run) => {
  const { now, approved, decision, recheck, changes, reason } = command
  const said = { at: now, approved, decision, recheck, personal: { changes, reason } }
  const isCanceling = run.requested?.control === 'cancel'
  const hasTaken = hasEnded(run) || !isHeldForPeople(run) || (isCanceling && !approved)
  if (run.lastResume?.said === resumeMark(said) && hasTaken) return nothing
  if (hasEnded(run)) return alreadyEnded(run)
  if (!isHeldForPeople(run) || isCanceling) return E.left({ _tag: 'ControlNotAccepted', status: run.status })
  if (approved && decision === null && holdOf(run, 'outcome_lost') !== undefined)
    return E.left({ _tag: 'OutcomeDecisionNeeded' })
  return E.right([{ type: 'ExecutionResumed', data: said }, ...decidedBy(run, command)])
}

export const decideReviews: { readonly [Type in ReviewCommand['type']]: Decide<Type> } = {
  RequestReview: request,
  OpenReview: open,
  DecideReview: decideReview,
  ExpireReview: expire,
  ResumeExecution: resume,
}

const ended = (run: Execution, id: string, change: Pick<Review, 'status' | 'decision'>): Execution => ({
  ...released(run, 'review'),
  reviews: run.reviews.map((review) => (review.review_id === id ? { ...review, ...change } : review)),
})

export const evolveReviews: {
  readonly [Type in ReviewEvent['type']]: (
    run: Execution,
    event: Extract<ReviewEvent, { readonly type: Type }>,
  ) => Execution
} = {
  ReviewRequested: (run, { data: { personal, step_id, review_id, expires_at, auto_approve } }) => ({
    ...run,
    reviews: [
      ...run.reviews,
      { review_id, step_id, status: 'pending', expires_at, auto_approve, decision: undefined, ...personal },
    ],
  }),
  ReviewOpened: (run, { data: { review_id, step_id, at } }) => {
    const until = run.reviews.find((review) => review.review_id === review_id)?.expires_at ?? at
    return { ...held(run, { kind: 'review', since: at, until, step_id, review_id }), stage: 'making' }
  },
  ReviewDecided: (run, { data: { review_id, approved, at, via, approver_id } }) =>
    ended(run, review_id, { status: approved ? 'approved' : 'rejected', decision: { at, via, approver_id } }),
  ReviewExpired: (run, { data }) => ended(run, data.review_id, { status: 'expired', decision: undefined }),
}
