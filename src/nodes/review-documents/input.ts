import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import type { JsonObject } from '../../domain/json'
import { dataIn } from '../data-in'
import type { StepFault, StepRun } from '../step-run'
import { type ReviewConfig, usualHours } from './config'
import { questionOf } from './question'

export const input = (
  config: ReviewConfig,
  given: Pick<StepRun, 'references' | 'documents' | 'step'>,
): E.Either<StepFault, JsonObject> =>
  pipe(
    questionOf(config, given),
    E.map(({ emails, message }) =>
      dataIn(
        {
          approver_emails: emails,
          timeout_hours: config.timeout_hours ?? usualHours,
          auto_approve_on_timeout: config.auto_approve_on_timeout ?? false,
          documents: given.documents.map(({ personal }) => personal.file_name),
        },
        { message },
      ),
    ),
  )
