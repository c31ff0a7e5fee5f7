import * as t from 'io-ts'
import { TemplateId } from '../../domain/ids'
import { dottedPath } from '../texts/dotted-path'
import { exactObject, listOf } from '../../domain/exact'
import { sourceField, templateText } from '../texts/references'

const FieldMapping = exactObject('FieldMapping', { template_tag: dottedPath, source_field: sourceField }, {})

export const UploadedDocumentConfig = exactObject(
  'UploadedDocumentConfig',
  { template_id: TemplateId },
  {
    /** Name of the file without its ending. */
    output_name_template: templateText(500),
    field_mappings: listOf(FieldMapping, 500),
    create_pdf: t.boolean,
  },
)
export type UploadedDocumentConfig = t.TypeOf<typeof UploadedDocumentConfig>
