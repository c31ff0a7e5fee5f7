import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import type { JsonObject } from '../../domain/json'
import { dataIn } from '../steps/data-in'
import type { Prepared } from '../contract'
import type { StepFault } from '../steps/step-run'
import { documentsFor } from './attachments'
import type { EmailConfig } from './config'
import type { Message } from './message'

export const input = (config: EmailConfig, prepared: Prepared<Message>): E.Either<StepFault, JsonObject> => {
  const { body, bodyType, ...head } = prepared.filled
  return pipe(
    documentsFor(prepared, 'attachments')(config.attachments ?? []),
    E.map((files) =>
      dataIn(
        {
          ...head,
          connection_id: config.connection_id,
          body_type: bodyType,
          attachments: files.map(({ personal }) => personal.file_name),
        },
        { body },
      ),
    ),
  )
}
