import { expect } from 'chai'
import type { ExecutionId } from '../../src/domain/ids'
import { clientOf, type Frame } from '../support/client'
import { type Product, startProduct } from '../support/product'
import { expectRowsEqualLog } from '../support/rows-equal-log'

type Json = Readonly<Record<string, unknown>>

const password = 'hunter2-hunter2-hunter2'

describe('a run whose mail server is away', () => {
  let product: Product
  let client: ReturnType<typeof clientOf>
  let id: ExecutionId
  let frames: ReadonlyArray<Frame>

  const posted = async (path: string, body: object): Promise<Json> => {
    const answer = await client.post(path, body)
    if (!answer.ok) throw new Error(`POST ${path}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as Json
  }
  const dataOf = (type: string): Json => {
    const frame = frames.find(({ event }) => event === type)
    return (JSON.parse(frame?.data ?? '{}') as { readonly data: Json }).data
  }

  before(async function () {
    this.timeout(240_000)
    product = await startProduct()
    client = clientOf(product)
    const { id: connection_id } = await posted('/connections', {
      name: 'Away',
      type: 'smtp',
      config: { host: '127.0.0.1', port: 1, from: 'docs@example.com' },
      secret: { user: 'docs', password },
    })
    const config = { connection_id, to: ['ana@example.com'], subject_template: 'Contract' }
    const { id: workflow } = await posted('/workflows', {
      name: 'To nobody',
      nodes: [
        { node_type: 'manual', label: 'Start', config: {} },
        { node_type: 'email', label: 'Send', config },
      ],
    })
    await posted(`/workflows/${String(workflow)}/activate`, {})
    const started = await posted(`/workflows/${String(workflow)}/executions`, { trigger_data: {} })
    id = started['id'] as ExecutionId
    frames = await client.follow(id)
  })
  after(async function () {
    this.timeout(60_000)
    await product.stop()
  })

  it('shows each attempt with its error, and fails after the last', async () => {
    const { steps } = (await client.get(`/executions/${id}/steps?locale=en`)) as { readonly steps: ReadonlyArray<Json> }
    expect(steps[1]).to.deep.include({ status: 'failure', attempt: 3, error_code: 'delivery.smtp_unreachable' })
    const attempts = steps[1]?.['attempts'] as ReadonlyArray<Json>
    expect(attempts.map(({ attempt, outcome, retryable }) => [attempt, outcome, retryable])).to.deep.equal(
      [1, 2, 3].map((attempt) => [attempt, 'failure', true]),
    )
    for (const attempt of attempts) {
      expect(attempt).to.include({
        code: 'delivery.smtp_unreachable',
        message_human: 'The mail server did not answer; try again later',
      })
      expect(attempt['message_tech']).to.include('ECONNREFUSED')
      expect(Date.parse(String(attempt['ended_at']))).to.be.at.least(Date.parse(String(attempt['started_at'])))
    }
    const { phase_metrics } = await client.get(`/executions/${id}`)
    expect(phase_metrics).to.have.nested.property('delivery.steps[0].attempts', 3)
  })

  it('says on the live stream what happened and what to do', () => {
    for (const type of ['step.failed', 'execution.failed']) {
      expect(dataOf(type), type).to.include({ code: 'delivery.smtp_unreachable' })
      expect(dataOf(type)['error_tech'], type).to.include('ECONNREFUSED')
      expect(dataOf(type), type).to.have.nested.property('recommended_actions[0].action', 'retry')
    }
  })

  it('has rows equal to a fold of the log', () => expectRowsEqualLog(product, id))

  it('leaves no secret in what the programs print', () => {
    expect(product.output()).to.not.include(password)
  })
})
