import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import { type JsonObject, mayFit } from '../../domain/json'
import type { StepFilling } from '../contract'
import { fillIn } from '../texts/fill-in'
import { faultOfReferences, stepFault } from '../steps/faults'
import type { StepFault } from '../steps/step-run'
import type { UploadedDocumentConfig } from './config'
import { mostData } from './docx'
import { safeFileName } from './file-name'
import { type Mapping, templateData } from './template-data'

/** `json`: the text of what the template is filled with; `absent`: what was mapped and has no value. */
export type Filled = { readonly file_name: string; readonly json: string; readonly absent: ReadonlyArray<Mapping> }

const tooLarge: StepFault = stepFault(
  'data.payload_too_large',
  { limit: mostData.shown },
  'the data for the template is over the limit',
)

/** One part of the data may be mapped to many places: it is not written out before it is known to fit. */
const jsonOf = (data: JsonObject): E.Either<StepFault, string> =>
  mayFit(data, mostData.bytes) ? E.right(JSON.stringify(data)) : E.left(tooLarge)

/** The document's file name: what the template says, made safe; else the step's label. */
const fileNameOf = (config: UploadedDocumentConfig, given: StepFilling): E.Either<StepFault, string> =>
  pipe(
    config.output_name_template === undefined
      ? E.right(given.step.label)
      : fillIn('text')(given)(config.output_name_template),
    E.bimap(faultOfReferences(given.step.label, 'output_name_template'), safeFileName),
  )

export const fill = (config: UploadedDocumentConfig, given: StepFilling): E.Either<StepFault, Filled> =>
  pipe(
    E.Do,
    E.bind('file_name', () => fileNameOf(config, given)),
    E.let('found', () => templateData(config, given.references)),
    E.bind('json', ({ found }) => jsonOf(found.data)),
    E.map(({ file_name, json, found }) => ({ file_name, json, absent: found.absent })),
  )
