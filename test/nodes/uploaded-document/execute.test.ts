import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import * as TE from 'fp-ts/TaskEither'
import type { StepResult, StepStop } from '../../../src/nodes/steps/step-run'
import { docxEngine, type DocxEngine } from '../../../src/nodes/template-inspection'
import { docxText, templateDocx } from '../../support/docx'
import { attachedTemplate, chart, officeFile, webExtension } from './docx/office-files'
import { startNodeRun, templateId, type World } from '../../support/node-run'

const ok = (result: E.Either<StepStop, StepResult>): StepResult => {
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left))
  return result.right
}

describe('the document step', () => {
  let docx: DocxEngine
  before(() => {
    docx = docxEngine()
  })
  after(() => docx.close())

  const given = async (config: Partial<Record<string, unknown>>, world: Partial<World>) =>
    startNodeRun(docx, {
      nodes: [
        { node_type: 'manual', config: {} },
        { node_type: 'uploaded-document', label: 'Contract', config: { template_id: templateId, ...config } },
      ],
      trigger: {},
      ...world,
    })

  const textOf = async (run: Awaited<ReturnType<typeof given>>, result: StepResult) => {
    const bytes = await run.blobs.get(result.output['sha256'] as string)()
    return E.isRight(bytes) ? docxText(bytes.right) : 'no file'
  }

  it('fills mapped tags from the trigger and other steps, and unmapped ones from the trigger by their own path', async () => {
    const run = await given(
      {
        output_name_template: 'contract-{{trigger.deal.id}}',
        field_mappings: [
          { template_tag: 'client_name', source_field: 'trigger.client.name' },
          { template_tag: 'kind', source_field: '{{step.1.source_object_type}}' },
        ],
      },
      {
        trigger: { client: { name: 'Ana' }, deal: { id: 7 }, items: [{ name: 'x' }, { name: 'y' }] },
        templates: [await templateDocx('{{client_name}} {{kind}} {{deal.id}}', '{{#items}}', '{{name}}', '{{/items}}')],
      },
    )
    ok(await run.step(1))
    const result = ok(await run.step(2))
    expect(await textOf(run, result)).to.equal('Ana manual 7\nx\ny')
    expect(result.personal).to.deep.equal({ file_name: 'contract-7.docx' })
    expect(result.output).to.include({
      template_id: templateId,
      template_version: 1,
      file_url: `/api/v1/documents/${result.output['document_id'] as string}`,
    })
    await run.end()
  })

  it('records one document, with the bytes it would make again', async () => {
    const template = await templateDocx('{{name}}')
    const shas = await Promise.all(
      ['a', 'b'].map(async () => {
        const run = await given({}, { trigger: { name: 'Ana' }, templates: [template] })
        ok(await run.step(1))
        const { output } = ok(await run.step(2))
        expect(run.memory.run().documents).to.have.length(1)
        await run.end()
        return output['sha256']
      }),
    )
    expect(shas[0]).to.equal(shas[1])
  })

  it('fills what is left of a template of a real office', async () => {
    const run = await given(
      {},
      { trigger: { name: 'Ana' }, templates: [await officeFile([attachedTemplate(), webExtension(), chart()])] },
    )
    ok(await run.step(1))
    expect(await textOf(run, ok(await run.step(2)))).to.include('Dear Ana')
    await run.end()
  })

  it('keeps to the version that the checks chose, also after a crash', async () => {
    const run = await given({}, { trigger: { name: 'Ana' }, templates: [await templateDocx('old {{name}}')] })
    ok(await run.step(1))
    const crash = await run.step(2, (step) => ({
      ...step,
      blobs: { ...step.blobs, put: () => TE.left({ _tag: 'BlobStoreUnavailable', reason: 'gone' }) },
    }))
    expect(crash).to.deep.equal(E.left({ _tag: 'Unavailable', reason: 'gone' }))
    await run.addTemplate(await templateDocx('new {{name}}'))
    const result = ok(await run.step(2))
    expect(result.output['template_version']).to.equal(1)
    expect(await textOf(run, result)).to.equal('old Ana')
    await run.end()
  })

  it('does not make a document again that has its receipt', async () => {
    const run = await given({}, { trigger: { name: 'Ana' }, templates: [await templateDocx('{{name}}')] })
    ok(await run.step(1))
    const first = ok(await run.step(2))
    const again = ok(
      await run.step(2, (step) => ({
        ...step,
        docx: {
          renderTemplate: () =>
            TE.left({ _tag: 'TemplateFault', code: 'render.failed', params: {}, tech: 'again', findings: [] }),
        },
      })),
    )
    expect(again).to.deep.equal(first)
    await run.end()
  })

  const faults: ReadonlyArray<readonly [string, string, Partial<Record<string, unknown>>, Partial<World>]> = [
    ['a template that is not there', 'template.not_found', {}, {}],
    ['a PDF', 'template.pdf_converter_unavailable', { create_pdf: true }, {}],
    [
      'a mapping to nothing',
      'data.unresolved_variable',
      { field_mappings: [{ template_tag: 'name', source_field: 'trigger.nobody' }] },
      { trigger: { name: 'not this one' } },
    ],
    ['a tag without a value', 'data.unresolved_variable', {}, { trigger: {} }],
    [
      'a name from nothing',
      'data.unresolved_variable',
      { output_name_template: '{{trigger.nobody}}' },
      { trigger: { name: 'Ana' } },
    ],
  ]
  for (const [what, code, config, world] of faults)
    it(`ends for good on ${what}`, async () => {
      const templates = code === 'template.not_found' ? [] : [await templateDocx('{{name}}')]
      const run = await given(config, { ...world, templates })
      ok(await run.step(1))
      expect(await run.step(2)).to.nested.include({
        'left._tag': 'StepFault',
        'left.retryable': false,
        'left.fault.code': code,
      })
      expect(run.memory.run().documents).to.deep.equal([])
      await run.end()
    })
})
