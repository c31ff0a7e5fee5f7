import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import type { GeneratedDocument } from '../../domain/execution/receipts'
import { stepFault, unavailable } from './faults'
import type { StepFault, StepRun, Unavailable } from './step-run'

/** Shorter than any step's own time: a file store that hangs is away, and no failed attempt. */
const patienceMs = 15_000

const away: Unavailable = { _tag: 'Unavailable', reason: `the file store did not answer within ${patienceMs} ms` }

const inTime =
  <Err, A>(ms: number, work: TE.TaskEither<Err, A>): TE.TaskEither<Err | Unavailable, A> =>
  () =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        resolve(E.left(away))
      }, ms)
      work()
        .finally(() => clearTimeout(timer))
        .then(resolve, reject)
    })

/** The bytes of a document that this run made. */
export const bytesOf = (
  { blobs, step }: Pick<StepRun, 'blobs' | 'step'>,
  { sha256 }: Pick<GeneratedDocument, 'sha256'>,
  ms = patienceMs,
): TE.TaskEither<StepFault | Unavailable, Uint8Array> =>
  inTime(
    ms,
    pipe(
      blobs.get(sha256),
      TE.mapLeft((error): StepFault | Unavailable =>
        error._tag === 'BlobNotFound'
          ? stepFault('internal_error', { label: step.label }, `file ${sha256} is gone`)
          : unavailable(error),
      ),
    ),
  )
