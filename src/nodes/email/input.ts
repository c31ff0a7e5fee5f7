import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import type { JsonObject } from '../../domain/json'
import { dataIn } from '../data-in'
import type { StepFault, StepRun } from '../step-run'
import { documentsFor } from './attachments'
import type { EmailConfig } from './config'
import { messageOf } from './message'

export const input = (
  config: EmailConfig,
  given: Pick<StepRun, 'references' | 'documents' | 'step'>,
): E.Either<StepFault, JsonObject> =>
  pipe(
    E.Do,
    E.bind('message', () => messageOf(config, given.step.label, given.references)),
    E.bind('files', () => documentsFor(given, 'attachments')(config.attachments ?? [])),
    E.map(({ message: { body, bodyType, ...head }, files }) =>
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
