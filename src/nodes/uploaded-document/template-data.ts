import * as O from 'fp-ts/Option'
import type { Draft } from '../../domain/exact'
import type { JsonObject } from '../../domain/json'
import { withValuesAt } from '../texts/dotted-path'
import { lookUp, pathOfSource } from '../texts/references'
import type { References } from '../steps/step-run'
import type { UploadedDocumentConfig } from './config'

export type Mapping = NonNullable<UploadedDocumentConfig['field_mappings']>[number]

/** What a template's tags are looked up in: the trigger's data, with every mapped tag put over it. */
export const templateData = (
  { field_mappings = [] }: Draft<Pick<UploadedDocumentConfig, 'field_mappings'>>,
  references: References,
): { readonly data: JsonObject; readonly absent: ReadonlyArray<Mapping> } => {
  const found = field_mappings.map((mapping) => ({
    mapping,
    value: lookUp(references, pathOfSource(mapping.source_field)),
  }))
  return {
    data: withValuesAt(
      references.trigger,
      found.flatMap(({ mapping, value }) => (O.isSome(value) ? [[mapping.template_tag.split('.'), value.value]] : [])),
    ),
    absent: found.filter(({ value }) => O.isNone(value)).map(({ mapping }) => mapping),
  }
}
