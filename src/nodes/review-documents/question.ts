import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import { cleanBody, recipients } from '../email/message'
import type { StepFilling } from '../contract'
import { fillIn } from '../texts/fill-in'
import { faultOfReferences, stepFault } from '../steps/faults'
import type { StepFault } from '../steps/step-run'
import type { ReviewConfig } from './config'

/** What is asked of whom. */
export type Question = { readonly emails: ReadonlyArray<string>; readonly message: string }

const longestMessage = 20_000

export const questionOf = (config: ReviewConfig, given: StepFilling): E.Either<StepFault, Question> =>
  pipe(
    recipients(given, 'approver_emails', config.approver_emails),
    E.filterOrElse(
      (emails) => emails.length > 0,
      () => stepFault('delivery.recipient_missing', {}, 'approver_emails is empty'),
    ),
    E.bindTo('emails'),
    E.bind('message', () =>
      pipe(
        fillIn('text')(given)(config.message_template ?? ''),
        E.bimap(faultOfReferences(given.step.label, 'message_template'), (text) =>
          cleanBody(text).trim().slice(0, longestMessage),
        ),
      ),
    ),
  )
