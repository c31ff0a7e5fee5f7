import { readdir } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect } from 'chai'
import PizZip from 'pizzip'
import PostalMime from 'postal-mime'
import { clientOf } from '../support/client'
import { type Product, startProduct } from '../support/product'
import { until } from '../support/until'

type Json = Readonly<Record<string, unknown>>
type Step = {
  readonly step_index: number
  readonly status: string
  readonly reused_from: string | null
  readonly data_out: Json
}

/** A port that nobody listens on. */
const closedPort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

describe('a run that people steer, from its request to a mailbox', function () {
  this.timeout(120_000)
  let product: Product
  let client: ReturnType<typeof clientOf>
  before(async function () {
    this.timeout(180_000)
    product = await startProduct()
    client = clientOf(product)
  })
  after(async function () {
    this.timeout(60_000)
    await product.stop()
  })

  const posted = async (path: string, body: object): Promise<Json> => {
    const response = await client.post(path, body)
    const answer = (await response.json()) as Json
    if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${JSON.stringify(answer)}`)
    return answer
  }
  const demoNodes = async (): Promise<ReadonlyArray<Json & { readonly config: Json }>> => {
    const { nodes } = await client.get(`/workflows/${product.demo.workflow_id}`)
    return (nodes as ReadonlyArray<Json & { readonly config: Json }>).map(({ node_type, label, config }) => ({
      node_type,
      label,
      config,
    }))
  }
  const workflowOf = async (name: string, nodes: ReadonlyArray<Json>): Promise<string> => {
    const { id } = await posted('/workflows', { name, nodes })
    await posted(`/workflows/${String(id)}/activate`, {})
    return String(id)
  }
  const startedOf = async (workflow: string, address: string, wish: object = {}): Promise<string> => {
    const trigger_data = { ...(product.demo.trigger_data as object), recipient_email: address, deal_id: address }
    const answer = await posted(`/workflows/${workflow}/executions`, { trigger_data, ...wish })
    return String(answer['execution_id'])
  }
  const runOf = (id: string) => client.get(`/executions/${id}`)
  const stepsOf = async (id: string): Promise<ReadonlyArray<Step>> =>
    (await client.get(`/executions/${id}/steps`))['steps'] as ReadonlyArray<Step>
  const becomes = (id: string, status: string) =>
    until(
      async () => (await runOf(id))['status'] === status,
      60_000,
      () => `${id} is not ${status}\n${product.output()}`,
    )
  const mailsTo = async (address: string) =>
    (await client.mails()).filter(({ envelope }) => envelope.to.includes(address))
  const actionsOf = async (id: string): Promise<ReadonlyArray<unknown>> => {
    const { events } = await client.get(`/executions/${id}/audit?limit=100`)
    return (events as ReadonlyArray<Json>).map(({ action }) => action)
  }

  const reviewed = async (approver: string): Promise<string> => {
    const [start, document, email] = await demoNodes()
    const review = { node_type: 'review-documents', label: 'Review', config: { approver_emails: [approver] } }
    return workflowOf('Reviewed', [start!, document!, review, email!])
  }
  const linkTo = async (approver: string): Promise<string> => {
    await until(async () => (await mailsTo(approver)).length > 0, 30_000)
    const [mail] = await mailsTo(approver)
    const raw = await (await fetch(`${product.mailUrl}/messages/${mail?.id ?? ''}.eml`)).arrayBuffer()
    const { text = '' } = await PostalMime.parse(raw)
    const link = /https?:\/\/\S+\/review\/\S+/.exec(text)?.[0]
    if (link === undefined) throw new Error(`no link in ${text}`)
    return link
  }

  it('is reviewed by a person with a link, and goes on', async () => {
    const id = await startedOf(await reviewed('boss@example.com'), 'approved@example.com')
    await becomes(id, 'needs_review')
    const waiting = (await runOf(id))['waiting_for'] as ReadonlyArray<Json>
    expect(waiting.map(({ kind }) => kind)).to.deep.equal(['review'])
    const link = await linkTo('boss@example.com')
    const page = await fetch(link)
    expect([page.status, (await mailsTo('approved@example.com')).length]).to.deep.equal([200, 0])
    const nonce = /name="nonce" value="([^"]+)"/.exec(await page.text())?.[1] ?? ''
    const form = new URLSearchParams({ decision: 'approved', comment: 'Fine', nonce })
    expect((await fetch(link, { method: 'POST', body: form })).status).to.equal(200)
    await becomes(id, 'completed')
    expect(await mailsTo('approved@example.com')).to.have.length(1)
    expect((await fetch(link)).status).to.equal(410)
    expect(await actionsOf(id)).to.include.members(['review.requested', 'review.approved', 'execution.completed'])
  })

  it('is canceled while it waits: nothing is sent, and the link is dead', async () => {
    const id = await startedOf(await reviewed('chief@example.com'), 'canceled@example.com')
    await becomes(id, 'needs_review')
    const link = await linkTo('chief@example.com')
    expect(await posted(`/executions/${id}/cancel`, { reason: 'User requested cancellation' })).to.include({
      status: 'canceled',
    })
    await becomes(id, 'canceled')
    expect((await fetch(link)).status).to.equal(410)
    expect(await mailsTo('canceled@example.com')).to.have.length(0)
    const refused = await client.post(`/executions/${id}/pause`, {})
    expect([refused.status, ((await refused.json()) as Json)['code']]).to.deep.equal([409, 'run_state_conflict'])
    await until(async () => (await actionsOf(id)).includes('execution.control_refused'))
  })

  it('is retried from step 3 after it failed: what was done is reused, and the mailbox shows no second e-mail', async () => {
    const nodes = await demoNodes()
    const url = `s3://archive?endpoint=http://127.0.0.1:${await closedPort()}`
    const secret = { access_key_id: 'key', secret_access_key: 'secret' }
    const { id: bucket } = await posted('/connections', { name: 'Away', type: 'storage', config: { url }, secret })
    const [start, document, email] = nodes
    const archive = { node_type: 'storage', label: 'Archive', config: { connection_id: bucket } }
    const workflow = await workflowOf('Fails late', [start!, document!, email!, archive])
    const id = await startedOf(workflow, 'retried@example.com')
    await becomes(id, 'failed')
    expect(await mailsTo('retried@example.com')).to.have.length(1)
    const plan = await posted(`/executions/${id}/retry?plan=true`, { from_step: 3 })
    expect(plan).to.include({ control: 'retry', accepted: true })
    const again = await posted(`/executions/${id}/retry`, { from_step: 3 })
    const retry = String(again['execution_id'])
    expect(again).to.include({ status: 'queued', retry_of: id })
    expect((await posted(`/executions/${id}/retry`, { from_step: 3 }))['execution_id']).to.equal(retry)
    await becomes(retry, 'failed')
    expect(await mailsTo('retried@example.com')).to.have.length(1)
    const steps = await stepsOf(retry)
    expect(steps.map(({ reused_from }) => reused_from)).to.deep.equal([id, id, null, null])
    expect(steps.map(({ status }) => status)).to.deep.equal(['success', 'success', 'success', 'failure'])
    expect(await runOf(id)).to.include({ retried_by: retry })
  })

  it('is paused while it waits for another attempt, and goes on when it is resumed with changes', async () => {
    const smtp = { host: '127.0.0.1', port: await closedPort(), from: 'docs@example.com' }
    const { id: mail } = await posted('/connections', { name: 'Dead', type: 'smtp', config: smtp })
    const [start, , email] = await demoNodes()
    const config = { connection_id: mail, to: email!.config['to'], subject_template: 'Hello' }
    const workflow = await workflowOf('Pausable', [start!, { ...email!, config }])
    const id = await startedOf(workflow, 'first@example.com')
    await until(async () =>
      ((await runOf(id))['waiting_for'] as ReadonlyArray<Json>).some(({ kind }) => kind === 'retry_due'),
    )
    await posted(`/executions/${id}/pause`, {})
    await becomes(id, 'paused')
    const answer = await posted(`/executions/${id}/resume`, {
      approved: true,
      changes: { recipient_email: 'second@example.com' },
    })
    expect(answer).to.include({ execution_id: id })
    await becomes(id, 'failed')
    expect(await actionsOf(id)).to.include.members(['execution.paused', 'execution.resumed', 'execution.failed'])
    const { steps } = await client.get(`/executions/${id}/steps`)
    expect(JSON.stringify(steps)).to.include('second@example.com')
  })

  it('waits when its data are not right, and goes on with what a person gives', async () => {
    const { workflow_id } = product.demo
    const { client: _, ...without } = product.demo.trigger_data as Json
    const trigger_data = { ...without, recipient_email: 'held@example.com', deal_id: 'held' }
    const verdict = await posted(`/workflows/${workflow_id}/preflight`, { trigger_data })
    expect(verdict).to.include({ can_execute: false })
    const { execution_id } = await posted(`/workflows/${workflow_id}/executions`, { trigger_data })
    const id = String(execution_id)
    await becomes(id, 'needs_review')
    expect(await client.get(`/executions/${id}/preflight`)).to.include({ can_execute: false })
    const refused = await client.post(`/workflows/${workflow_id}/executions?preflight=true`, { trigger_data })
    expect(refused.status).to.equal(422)
    await posted(`/executions/${id}/resume`, {
      approved: true,
      changes: { client: (product.demo.trigger_data as Json)['client'] },
    })
    await becomes(id, 'completed')
    expect(await mailsTo('held@example.com')).to.have.length(1)
  })

  it('is tried out: its document says so and is kept for a week, and nothing leaves', async () => {
    const archived = async () => {
      const files = await readdir(join(product.dataDir, 'archive'), { recursive: true }).catch(() => [])
      return files.filter((file) => file.includes('dry@example.com'))
    }
    const id = await startedOf(product.demo.workflow_id, 'dry@example.com', { dry_run: true })
    await becomes(id, 'completed')
    expect(await runOf(id)).to.include({ dry_run: true, progress: 100 })
    expect((await stepsOf(id)).map(({ status }) => status)).to.deep.equal(['success', 'success', 'skipped', 'skipped'])
    expect((await stepsOf(id))[2]?.data_out).to.deep.equal({ reason: 'dry_run' })
    expect([await mailsTo('dry@example.com'), await archived()]).to.deep.equal([[], []])
    const { documents } = await client.get(`/executions/${id}/documents`)
    const [document] = documents as ReadonlyArray<Json>
    const bytes = await fetch(`${client.base}/documents/${String(document?.['id'])}`, { headers: client.headers })
    const zip = new PizZip(Buffer.from(await bytes.arrayBuffer()))
    const headers = Object.keys(zip.files).filter((name) => /header\d*\.xml$/.test(name))
    expect(headers.map((name) => zip.file(name)?.asText() ?? '').join('')).to.include('DRY RUN')
  })

  it('ends after the phase that was asked for', async () => {
    const id = await startedOf(product.demo.workflow_id, 'until@example.com', { until_phase: 'render' })
    await becomes(id, 'completed')
    expect(await runOf(id)).to.include({ stopped_after: 'render', progress: 100 })
    expect((await stepsOf(id)).map(({ status }) => status)).to.deep.equal(['success', 'success', 'skipped', 'skipped'])
    expect(await mailsTo('until@example.com')).to.have.length(0)
  })
})
