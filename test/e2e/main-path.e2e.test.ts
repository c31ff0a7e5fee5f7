import { expect } from 'chai'
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import PizZip from 'pizzip'
import type { ExecutionId } from '../../src/domain/ids'
import { attachedTemplate, chart, officeFile, webExtension } from '../nodes/uploaded-document/docx/office-files'
import { type Frame, clientOf } from '../support/client'
import { docxText } from '../support/docx'
import { type Product, startProduct } from '../support/product'
import { expectRowsEqualLog } from '../support/rows-equal-log'
import { until } from '../support/until'

type Listed = ReadonlyArray<Readonly<Record<string, unknown>>>

describe('one run from request to mailbox', () => {
  let product: Product
  let client: ReturnType<typeof clientOf>
  let id: ExecutionId
  let frames: ReadonlyArray<Frame>

  before(async function () {
    this.timeout(180_000)
    product = await startProduct()
    client = clientOf(product)
    id = await client.start({ deal_id: 'main-path', recipient_email: 'main@example.com' })
    frames = await client.follow(id)
  })
  after(async function () {
    this.timeout(60_000)
    await product.stop()
  })

  it('is followed live without a gap or a repeat, in the guide’s shape', () => {
    const events = frames.filter((frame) => frame.id !== undefined)
    const types = events.map(({ event }) => event)
    expect(types[0]).to.equal('execution.created')
    expect(types.at(-1)).to.equal('execution.completed')
    expect(types.filter((type) => type === 'step.completed')).to.have.length(4)
    expect(new Set(events.map((frame) => frame.id)).size).to.equal(events.length)
    for (const { data, event } of events) {
      const message = JSON.parse(data) as Readonly<Record<string, unknown>>
      expect(message).to.include({ schema_version: 1, event_type: event, execution_id: id })
      expect(message).to.have.all.keys(
        ...['schema_version', 'event_id', 'event_type', 'timestamp', 'execution_id', 'workflow_id'],
        ...['organization_id', 'status', 'progress', 'current_step', 'data', 'correlation_id'],
      )
    }
  })

  it('ends completed, with the guide’s fields', async () => {
    const run = await client.get(`/executions/${id}`)
    expect(run).to.include({ id, status: 'completed', progress: 100, last_error_human: null, delivery_state: 'sent' })
    expect(run['phase_metrics']).to.have.property('render')
    expect(run['correlation_id']).to.match(/^[0-9a-f-]{36}$/)
  })

  it('shows steps, logs and audit in the guide’s shapes', async () => {
    const { steps } = (await client.get(`/executions/${id}/steps`)) as { readonly steps: Listed }
    expect(steps.map(({ step_index, status }) => [step_index, status])).to.deep.equal(
      [1, 2, 3, 4].map((index) => [index, 'success']),
    )
    const { logs } = (await client.get(`/executions/${id}/logs`)) as { readonly logs: Listed }
    expect(logs).to.not.be.empty
    const audit = (): Promise<Listed> => client.get(`/executions/${id}/audit`).then(({ events }) => events as Listed)
    await until(async () => (await audit()).some(({ action }) => action === 'execution.completed'))
    expect((await audit()).map(({ action }) => action).reverse()).to.deep.equal([
      'execution.started',
      'document.generated',
      'document.sent',
      'document.saved',
      'execution.completed',
    ])
  })

  it('makes a document that opens and holds the data, mails it once, and archives it', async () => {
    const { documents } = (await client.get(`/executions/${id}/documents`)) as { readonly documents: Listed }
    expect(documents).to.have.length(1)
    const response = await fetch(`${client.base}/documents/${String(documents[0]?.['id'])}`, {
      headers: client.headers,
    })
    const bytes = Buffer.from(await response.arrayBuffer())
    expect(docxText(bytes)).to.include('Contract main-path').and.include('Ana Souza').and.include('R$ 600,00')
    const sha256 = createHash('sha256').update(bytes).digest('hex')

    const mails = (await client.mails()).filter(({ envelope }) => envelope.to.includes('main@example.com'))
    expect(mails).to.have.length(1)
    expect(mails[0]?.subject).to.equal('Contract main-path')
    expect(mails[0]?.attachments.map((file) => file.sha256)).to.deep.equal([sha256])

    const folder = join(product.dataDir, 'archive', product.demo.organization_id, 'contracts/main-path')
    const [file = ''] = await readdir(folder)
    expect(
      createHash('sha256')
        .update(await readFile(join(folder, file)))
        .digest('hex'),
    ).to.equal(sha256)
  })

  it('has rows equal to a fold of the log', () => expectRowsEqualLog(product, id))

  it('fills a template of a real office, without what documents do not need', async () => {
    const form = new FormData()
    form.set('name', 'Letter')
    form.set('file', new Blob([await officeFile([attachedTemplate(), webExtension(), chart()])]), 'letter.docx')
    const uploaded = await fetch(`${client.base}/templates`, { method: 'POST', headers: client.headers, body: form })
    const template = (await uploaded.json()) as Readonly<Record<string, unknown>>
    expect(template['warnings']).to.have.length(3)

    const config = { template_id: template['id'], field_mappings: [], create_pdf: false }
    const nodes = [
      { node_type: 'manual', label: 'Start', config: {} },
      { node_type: 'uploaded-document', label: 'Letter', config },
    ]
    const defined = (await (await client.post('/workflows', { name: 'Letter', nodes })).json()) as {
      readonly id: string
    }
    await client.post(`/workflows/${defined.id}/activate`, {})
    const started = await client.post(`/workflows/${defined.id}/executions`, { trigger_data: { name: 'Ana' } })
    const { execution_id } = (await started.json()) as { readonly execution_id: ExecutionId }
    await client.follow(execution_id)

    const { documents } = (await client.get(`/executions/${execution_id}/documents`)) as { readonly documents: Listed }
    const document = await fetch(`${client.base}/documents/${String(documents[0]?.['id'])}`, {
      headers: client.headers,
    })
    const zip = new PizZip(await document.arrayBuffer())
    expect(zip.file('word/document.xml')?.asText()).to.include('Dear Ana')
    expect(Object.keys(zip.files).filter((name) => /embeddings|webextensions/.test(name))).to.deep.equal([])
    expect(zip.file('word/charts/chart1.xml')?.asText()).to.include('<c:v>7</c:v>').and.not.include('externalData')
  })
})
