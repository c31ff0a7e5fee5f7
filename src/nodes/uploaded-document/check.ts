import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import type { TemplateNode, TemplateVersion } from '../../domain/template/version'
import { foreseen } from '../checking'
import type { Facts, Finding } from '../node-type'
import { pathOfSource } from '../references'
import { findingOfReference } from '../step-faults'
import type { UploadedDocumentConfig } from './config'
import { type Finding as DocxFinding, walkData } from './docx'
import { type Mapping, templateData } from './template-data'

const isOfStep = ({ source_field }: Mapping): boolean => pathOfSource(source_field)[0] === 'step'

const concerns = (path: string, { template_tag }: Mapping): boolean =>
  path === template_tag || path.startsWith(`${template_tag}.`) || template_tag.startsWith(`${path}.`)

/** Leaves out what these mappings fill: a section goes with all that stands in it. */
const without = (tree: ReadonlyArray<TemplateNode>, mappings: ReadonlyArray<Mapping>): ReadonlyArray<TemplateNode> =>
  tree
    .filter(({ path }) => !mappings.some((mapping) => concerns(path, mapping)))
    .map((node) => (node.kind === 'section' ? { ...node, children: without(node.children, mappings) } : node))

const pathsIn = (tree: ReadonlyArray<TemplateNode>): ReadonlyArray<string> =>
  tree.flatMap((node) => (node.kind === 'tag' ? [node.path] : [node.path, ...pathsIn(node.children)]))

export const isUsed =
  (tree: ReadonlyArray<TemplateNode>) =>
  (mapping: Mapping): boolean =>
    pathsIn(tree).some((path) => concerns(path, mapping))

const asFinding =
  (label: string) =>
  ({ code, params }: DocxFinding): Finding => ({
    code: code === 'data.null_value' ? 'data.unresolved_variable' : code,
    params: { ...params, label },
    tech: `${code} ${Object.values(params).join(' ')}`.trim(),
  })

const dataFindings = (
  config: UploadedDocumentConfig,
  { tree }: TemplateVersion,
  { label, position, trigger }: Facts,
): ReadonlyArray<Finding> => {
  const { data, absent } = templateData(config, { trigger, step: {} })
  const needed = absent.filter(isUsed(tree))
  const early = needed.filter(
    (mapping) => isOfStep(mapping) && Number(pathOfSource(mapping.source_field)[1]) >= position,
  )
  const missing = [...needed.filter((mapping) => !isOfStep(mapping)), ...early].map(({ source_field }) =>
    findingOfReference(label, 'field_mappings')({ _tag: 'MissingValue', path: source_field }),
  )
  const walked = walkData(without(tree, absent), data)
  return [...missing, ...[...walked.errors, ...walked.warnings].map(asFinding(label))]
}

const templateFindings = (config: UploadedDocumentConfig, facts: Facts): ReadonlyArray<Finding> => {
  const version = facts.template(config.template_id)
  if (version === undefined)
    return [{ code: 'template.not_found', params: {}, tech: `no template ${config.template_id}` }]
  const warnings: ReadonlyArray<Finding> = version.warnings.includes('template.large_file')
    ? [{ code: 'template.large_file', params: {}, tech: `${version.size} bytes` }]
    : []
  return [...warnings, ...dataFindings(config, version, facts)]
}

const nameFindings = ({ output_name_template }: UploadedDocumentConfig, facts: Facts): ReadonlyArray<Finding> =>
  output_name_template === undefined
    ? []
    : pipe(
        foreseen(output_name_template, facts, 'output_name_template'),
        E.match(
          (findings) => findings,
          () => [],
        ),
      )

export const check = (config: UploadedDocumentConfig, facts: Facts): ReadonlyArray<Finding> => [
  ...(config.create_pdf === true
    ? [{ code: 'template.pdf_converter_unavailable' as const, params: {}, tech: 'create_pdf is true' }]
    : []),
  ...templateFindings(config, facts),
  ...nameFindings(config, facts),
]
