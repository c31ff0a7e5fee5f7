import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import type { JsonObject } from '../../domain/json'
import { fillIn } from '../references'
import { faultOfReferences, stepFault } from '../step-faults'
import type { StepFault, StepRun } from '../step-run'
import type { StorageNodeConfig } from './config'
import { folderOf } from './folder'

export const folderFor = (
  { folder = '' }: StorageNodeConfig,
  { references, step }: Pick<StepRun, 'references' | 'step'>,
): E.Either<StepFault, ReadonlyArray<string>> =>
  pipe(
    fillIn('text')(references)(folder),
    E.mapLeft(faultOfReferences(step.label, 'folder')),
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
  config: StorageNodeConfig,
  given: Pick<StepRun, 'references' | 'documents' | 'step'>,
): E.Either<StepFault, JsonObject> =>
  pipe(
    folderFor(config, given),
    E.map((folder) => ({
      connection_id: config.connection_id,
      folder: folder.join('/'),
      files: given.documents.map(({ personal }) => personal.file_name),
    })),
  )
