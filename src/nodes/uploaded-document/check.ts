import * as E from 'fp-ts/Either'
import type { Draft } from '../../domain/exact'
import type { JsonObject } from '../../domain/json'
import type { TemplateId } from '../../domain/ids'
import type { TemplateVersion } from '../../domain/template'
import { foreseen, pointingAt } from '../texts/foreseen'
import type { Facts, Finding } from '../contract'
import { pathOfSource } from '../texts/references'
import { findingOfReference } from '../steps/faults'
import type { UploadedDocumentConfig } from './config'
import { type DocxFinding, walkData } from './docx'
import { findingOfDocx } from './docx-finding'
import { type Mapping, templateData } from './template-data'
import { isUsed, without } from './used'

type Config = Draft<UploadedDocumentConfig>
type Findings = ReadonlyArray<Finding>

const isOfStep = ({ source_field }: Mapping): boolean => pathOfSource(source_field)[0] === 'step'

const unusedMappings = ({ field_mappings = [] }: Config, { tree }: TemplateVersion, { label }: Facts): Findings => {
  const used = isUsed(tree)
  return field_mappings.flatMap((mapping, index) =>
    used(mapping)
      ? []
      : [
          {
            code: 'template.unused_mapping' as const,
            params: { tag: mapping.template_tag, label },
            tech: `no tag ${mapping.template_tag} in the template`,
            pointers: [`/field_mappings/${index}/template_tag`],
          },
        ],
  )
}

const missingSources = (config: Config, absent: ReadonlyArray<Mapping>, { label, position }: Facts): Findings =>
  absent
    .filter((mapping) => !isOfStep(mapping) || Number(pathOfSource(mapping.source_field)[1]) >= position)
    .map((mapping) => ({
      ...findingOfReference(label, 'field_mappings')({ _tag: 'MissingValue', path: mapping.source_field }),
      pointers: [`/field_mappings/${(config.field_mappings ?? []).indexOf(mapping)}/source_field`],
    }))

const ofData = (label: string, data: JsonObject, { code, params }: DocxFinding): Finding => {
  const path = params['path'] ?? ''
  const tech = `${code} ${Object.values(params).join(' ')}`.trim()
  return code === 'data.unresolved_variable' && !Object.hasOwn(data, path.split('.', 1)[0] ?? '')
    ? { code: 'template.unmapped_tag', params: { tag: path }, tech: `no mapping and no field for the tag ${path}` }
    : findingOfDocx(label, { code, params }, tech)
}

/**
 * Compares a template's tags with the data that they would be filled with; nothing is rendered. Of a tag without a value:
 * `data.unresolved_variable` when it is said where its value comes from and none is there: its mapping names a field that is absent, or the data
 * have its first name and nothing below it (`client` without `client.name`, an item of a list without the field of its row);
 * `template.unmapped_tag` when nobody says where it comes from: no mapping fills it and the data have nothing of its first name.
 * Of one with a value: `data.null_value` and `data.empty_list` print nothing, `data.invalid_format` is a list or an object where text stands,
 * `data.list_expected` is text where rows are repeated. What other steps give is not known before the run and is left out.
 */
const dataFindings = (config: Config, version: TemplateVersion, facts: Facts): Findings => {
  const { label, trigger } = facts
  const { data, absent } = templateData(config, { trigger, step: {} })
  const needed = absent.filter(isUsed(version.tree))
  const walked = walkData(without(version.tree, absent), data)
  return [
    ...missingSources(config, needed, facts),
    ...[...walked.errors, ...walked.warnings].map((found) => ofData(label, data, found)),
  ]
}

const ofVersion = ({ warnings, size, version, cleaned }: TemplateVersion, newest: number): Findings => [
  ...(warnings.includes('template.large_file')
    ? [
        {
          code: 'template.large_file' as const,
          params: {},
          tech: `Template size: ${Math.round(size / 1_048_576)}MB`,
        },
      ]
    : []),
  ...(newest > version
    ? [
        {
          code: 'template.version_changed' as const,
          params: { pinned: version, newest },
          tech: `version ${newest} was uploaded after version ${version} was chosen`,
        },
      ]
    : []),
  ...(cleaned?.removed ?? []).map((feature) => ({
    code: 'template.content_removed' as const,
    params: { feature },
    tech: `${feature} was taken out of the upload`,
  })),
]

const templateFindings = (config: Config, template_id: TemplateId, facts: Facts): Findings => {
  const template = facts.template(template_id)
  if (template === undefined)
    return [
      {
        code: 'template.not_found',
        params: {},
        tech: `no template ${template_id}`,
        pointers: ['/template_id'],
      },
    ]
  const { version, newest } = template
  return [
    ...[...(facts.probed?.[template_id] ?? []), ...ofVersion(version, newest)].map(pointingAt('/template_id')),
    ...unusedMappings(config, version, facts),
    ...dataFindings(config, version, facts),
  ]
}

const nameFindings = ({ output_name_template = '' }: Config, facts: Facts): Findings => {
  const text = foreseen(output_name_template, facts, 'output_name_template')
  return E.isLeft(text) ? text.left.map(pointingAt('/output_name_template')) : []
}

export const check = (config: Config, facts: Facts): Findings => [
  ...(config.create_pdf === true
    ? [
        {
          code: 'template.pdf_converter_unavailable' as const,
          params: {},
          tech: 'create_pdf is true',
          pointers: ['/create_pdf'],
        },
      ]
    : []),
  ...(config.template_id === undefined ? [] : templateFindings(config, config.template_id, facts)),
  ...nameFindings(config, facts),
]
