import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import type { JsonObject } from '../../domain/json'
import { dataIn } from '../data-in'
import { fillIn } from '../references'
import { faultOfReferences } from '../step-faults'
import type { StepFault, StepRun } from '../step-run'
import type { UploadedDocumentConfig } from './config'
import { safeFileName } from './file-name'
import { templateData } from './template-data'

type Given = Pick<StepRun, 'references' | 'step'>

/** The document's file name: what the template says, made safe; else the step's label. */
export const fileNameOf = (config: UploadedDocumentConfig, { references, step }: Given): E.Either<StepFault, string> =>
  pipe(
    config.output_name_template === undefined
      ? E.right(step.label)
      : fillIn('text')(references)(config.output_name_template),
    E.bimap(faultOfReferences(step.label, 'output_name_template'), safeFileName),
  )

export const input = (config: UploadedDocumentConfig, given: Given): E.Either<StepFault, JsonObject> =>
  pipe(
    fileNameOf(config, given),
    E.map((file_name) =>
      dataIn({ template_id: config.template_id, file_name }, { data: templateData(config, given.references).data }),
    ),
  )
