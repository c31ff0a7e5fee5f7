import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import type { Locale } from '../../domain/messages/entry'
import type { Receipt } from '../../domain/execution/receipts'
import type { Approver, Review } from '../../domain/execution/state'
import { derivedId, EventId } from '../../domain/ids'
import { compose } from '../email/compose'
import { senderOf } from '../email/sender'
import type { Message } from '../email/message'
import { effectFaultOfSmtp, quotable } from '../email/smtp-fault'
import { sendBySmtp } from '../email/smtp-send'
import { effectFault, stepFault } from '../steps/faults'
import type { EffectFault, Mailer, StepRun, StepStop } from '../steps/step-run'
import { letterOf } from './letter'

type Asked = Pick<Review, 'review_id' | 'message' | 'expires_at' | 'auto_approve'>

/** The same for every attempt, so that a mail program shows a repeat as one message. */
const messageIdOf = (review_id: string, approver_id: string): string =>
  `<${derivedId(EventId, approver_id, 'invitation', review_id)}@docg>`

const letterTo = (
  run: StepRun,
  { reviewLink }: Mailer,
  locale: Locale,
  review: Asked,
  { approver_id, email }: Approver,
): Message =>
  letterOf(
    {
      email,
      workflow: run.workflowName,
      label: run.step.label,
      message: review.message,
      expiresAt: review.expires_at,
      autoApprove: review.auto_approve,
      link: reviewLink(run.executionId, review.review_id, approver_id).url,
    },
    locale,
  )

const written = (
  run: StepRun,
  { target }: Mailer,
  letter: Message,
  messageId: string,
): TE.TaskEither<EffectFault, Buffer> =>
  TE.tryCatch(
    () => compose(senderOf(target), messageId, letter, [], new Date(run.now())),
    (error) => effectFault('no', stepFault('internal_error', { label: run.step.label }, String(error))),
  )

/** Tells an approver of the review, with a link of their own. Told again after a crash it is the same message. */
export const invite =
  (run: StepRun, mailer: Mailer, locale: Locale, review: Asked) =>
  (approver: Approver): TE.TaskEither<StepStop, void> => {
    const { target } = mailer
    const { review_id } = review
    const { approver_id, email } = approver
    const effect_key = run.effectKey(`invitation/${approver_id}`)
    const message_id = messageIdOf(review_id, approver_id)
    const receipt: Receipt = {
      type: 'InvitationSent',
      data: { effect_key, step_id: run.step.step_id, review_id, approver_id, message_id },
    }
    const letter = letterTo(run, mailer, locale, review, approver)
    const send = pipe(
      written(run, mailer, letter, message_id),
      TE.chain((bytes) =>
        pipe(
          sendBySmtp(run.smtp, target, { from: senderOf(target).address, to: [email] }, bytes),
          TE.mapLeft(effectFaultOfSmtp(target, quotable(letter))),
        ),
      ),
      TE.map(() => receipt),
    )
    return pipe(
      run.once({ effect_key, kind: 'invitation', repeatable: true }, send),
      TE.map(() => undefined),
    )
  }
