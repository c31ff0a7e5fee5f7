import * as E from 'fp-ts/Either'
import type { JsonObject } from '../../domain/json'
import { dataIn } from '../steps/data-in'
import type { Prepared } from '../contract'
import type { UploadedDocumentConfig } from './config'
import type { Filled } from './fill'

export const input = (
  { template_id }: UploadedDocumentConfig,
  { filled: { file_name, json } }: Prepared<Filled>,
): E.Either<never, JsonObject> => E.right(dataIn({ template_id, file_name }, `{"data":${json}}`))
