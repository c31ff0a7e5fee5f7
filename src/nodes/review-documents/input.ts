import * as E from 'fp-ts/Either'
import type { JsonObject } from '../../domain/json'
import { dataIn } from '../steps/data-in'
import type { Prepared } from '../contract'
import { type ReviewConfig, usualHours } from './config'
import type { Question } from './question'

export const input = (
  config: ReviewConfig,
  { filled: { emails, message }, documents }: Prepared<Question>,
): E.Either<never, JsonObject> =>
  E.right(
    dataIn(
      {
        approver_emails: emails,
        timeout_hours: config.timeout_hours ?? usualHours,
        auto_approve_on_timeout: config.auto_approve_on_timeout ?? false,
        documents: documents.map(({ personal }) => personal.file_name),
      },
      { message },
    ),
  )
