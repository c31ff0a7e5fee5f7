import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import type { GeneratedDocument } from '../domain/execution/effects'
import { stepFault, unavailable } from './step-faults'
import type { StepFault, StepRun, Unavailable } from './step-run'

/** The bytes of a document that this run made. */
export const bytesOf = (
  { blobs, step }: Pick<StepRun, 'blobs' | 'step'>,
  { sha256 }: GeneratedDocument,
): TE.TaskEither<StepFault | Unavailable, Uint8Array> =>
  pipe(
    blobs.get(sha256),
    TE.mapLeft((error): StepFault | Unavailable =>
      error._tag === 'BlobNotFound'
        ? stepFault('internal_error', { label: step.label }, `file ${sha256} is gone`)
        : unavailable(error),
    ),
  )
