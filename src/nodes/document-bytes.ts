import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import type { GeneratedDocument } from '../domain/execution/effects'
import { effectFault, stepFault, unavailable } from './step-faults'
import type { EffectFault, StepRun, Unavailable } from './step-run'

/** The bytes of a document that this run made. */
export const bytesOf = (
  { blobs, step }: Pick<StepRun, 'blobs' | 'step'>,
  { sha256 }: GeneratedDocument,
): TE.TaskEither<EffectFault | Unavailable, Uint8Array> =>
  pipe(
    blobs.get(sha256),
    TE.mapLeft((error): EffectFault | Unavailable =>
      error._tag === 'BlobNotFound'
        ? effectFault('no', stepFault('internal_error', { label: step.label }, `file ${sha256} is gone`))
        : unavailable(error),
    ),
  )
