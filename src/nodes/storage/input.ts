import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import type { JsonObject } from '../../domain/json'
import type { Prepared, StepFilling } from '../contract'
import { fillIn } from '../texts/fill-in'
import { faultOfReferences, stepFault } from '../steps/faults'
import type { StepFault } from '../steps/step-run'
import type { StorageNodeConfig } from './config'
import { folderOf } from './folder'

export const folderFor = (
  { folder = '' }: StorageNodeConfig,
  given: StepFilling,
): E.Either<StepFault, ReadonlyArray<string>> =>
  pipe(
    fillIn('text')(given)(folder),
    E.mapLeft(faultOfReferences(given.step.label, 'folder')),
    E.chain((text) =>
      pipe(
        folderOf(text),
        E.mapLeft((problem) =>
          stepFault('data.invalid_format', { field: 'folder', expected: 'folder' }, `folder ${problem}`),
        ),
      ),
    ),
  )

export const input = (
  { connection_id }: StorageNodeConfig,
  { filled, documents }: Prepared<ReadonlyArray<string>>,
): E.Either<never, JsonObject> =>
  E.right({ connection_id, folder: filled.join('/'), files: documents.map(({ personal }) => personal.file_name) })
