import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import type { Approver, Review } from '../../domain/execution/state'
import { derivedId, EventId } from '../../domain/ids'
import type { Prepared } from '../contract'
import { stepFault } from '../steps/faults'
import type { Mailer, StepResult, StepRun, StepStop } from '../steps/step-run'
import { type ReviewConfig, usualHours } from './config'
import { invite } from './invite'
import type { Question } from './question'

type Asked = Pick<Review, 'review_id' | 'approvers' | 'message' | 'expires_at' | 'auto_approve'>

const hourMs = 3_600_000

const approverOf =
  ({ executionId }: StepRun, { reviewLink }: Mailer, review_id: string) =>
  (email: string): Approver => {
    const approver_id: string = derivedId(EventId, review_id, 'approver', email.toLowerCase())
    return { approver_id, email, token_sha256: reviewLink(executionId, review_id, approver_id).token_sha256 }
  }

/** Asks once: an attempt that died after asking is gone on with, not begun again. */
const request = (
  config: ReviewConfig,
  run: StepRun,
  mailer: Mailer,
  { emails, message }: Question,
): TE.TaskEither<StepStop, Asked> => {
  const asked = run.reviews.find(({ status }) => status === 'pending')
  if (asked !== undefined) return TE.of(asked)
  const at = run.now()
  const review_id: string = derivedId(EventId, run.step.step_id, 'review', String(run.reviews.length))
  const approvers = emails.map(approverOf(run, mailer, review_id))
  const expires_at = new Date(Date.parse(at) + (config.timeout_hours ?? usualHours) * hourMs).toISOString()
  const auto_approve = config.auto_approve_on_timeout ?? false
  const { step_id } = run.step
  return pipe(
    run.review({
      type: 'RequestReview',
      review_id,
      step_id,
      at,
      expires_at,
      auto_approve,
      personal: { message, approvers },
    }),
    TE.map(() => ({ review_id, approvers, message, expires_at, auto_approve })),
  )
}

/** Asks people and leaves: what they decide completes the step or ends the run. */
export const execute = (config: ReviewConfig, run: StepRun & Prepared<Question>): TE.TaskEither<StepStop, StepResult> =>
  pipe(
    TE.Do,
    TE.bind('mailer', () =>
      TE.fromEither<StepStop, Mailer>(
        E.fromNullable(stepFault('delivery.mailer_missing', { label: run.step.label }, 'SMTP_URL is not set'))(
          run.mailer,
        ),
      ),
    ),
    TE.bindW('locale', ({ mailer }) => mailer.localeOf(run.organizationId)),
    TE.bindW('review', ({ mailer }) => request(config, run, mailer, run.filled)),
    TE.chainFirstW(({ mailer, locale, review }) =>
      pipe(review.approvers, TE.traverseSeqArray(invite(run, mailer, locale, review))),
    ),
    TE.chainW(({ review }) => run.review({ type: 'OpenReview', review_id: review.review_id, now: run.now() })),
    TE.chain(() => TE.left<StepStop>({ _tag: 'LookAgain' })),
  )
