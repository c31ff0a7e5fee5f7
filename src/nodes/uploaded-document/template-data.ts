import { pipe } from 'fp-ts/function'
import * as O from 'fp-ts/Option'
import type { JsonObject } from '../../domain/json'
import { withValueAt } from '../dotted-path'
import { lookUp, pathOfSource } from '../references'
import type { References } from '../step-run'
import type { UploadedDocumentConfig } from './config'

export type Mapping = NonNullable<UploadedDocumentConfig['field_mappings']>[number]

/** What a template's tags are looked up in: the trigger's data, with every mapped tag put over it. */
export const templateData = (
  { field_mappings = [] }: Pick<UploadedDocumentConfig, 'field_mappings'>,
  references: References,
): { readonly data: JsonObject; readonly absent: ReadonlyArray<Mapping> } =>
  field_mappings.reduce<{ readonly data: JsonObject; readonly absent: ReadonlyArray<Mapping> }>(
    ({ data, absent }, mapping) =>
      pipe(
        lookUp(references, pathOfSource(mapping.source_field)),
        O.match(
          () => ({ data, absent: [...absent, mapping] }),
          (value) => ({ data: withValueAt(data, mapping.template_tag.split('.'), value), absent }),
        ),
      ),
    { data: references.trigger, absent: [] },
  )
