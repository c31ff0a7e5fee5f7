import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import type { EventStore } from '../../src/domain/event-store'
import { executionStream } from '../../src/domain/execution'
import type { ExecutionId } from '../../src/domain/ids'
import { esdbEventStore } from '../../src/stores/events/esdb'
import { clientOf } from '../support/client'
import { type Product, startProduct } from '../support/product'
import { expectRowsEqualLog } from '../support/rows-equal-log'
import { until } from '../support/until'

const processes = ['api', 'projections', 'workflow', 'redis', 'postgres', 'temporal', 'event-store']

describe('kill -9 in the middle of a run', () => {
  let product: Product
  let client: ReturnType<typeof clientOf>
  let store: EventStore

  before(async function () {
    this.timeout(180_000)
    product = await startProduct()
    client = clientOf(product)
    store = esdbEventStore({ url: product.eventStoreUrl })
  })
  after(async function () {
    this.timeout(60_000)
    await store.close()
    await product.stop()
  })

  const typesOf = async (id: ExecutionId): Promise<ReadonlyArray<string>> => {
    const history = await store.readStream(executionStream(id), { limit: 1_000 })()
    return E.isRight(history) ? history.right.map(({ type }) => type) : []
  }
  const statusOf = async (id: ExecutionId): Promise<unknown> =>
    client.get(`/executions/${id}`).then(
      ({ status }) => status,
      () => undefined,
    )
  const mailsTo = async (address: string) =>
    (await client.mails()).filter(({ envelope }) => envelope.to.includes(address))

  /** Only a worker killed between the intention to send and its receipt leaves this to a person. */
  const decideIfLost = async (id: ExecutionId, address: string): Promise<void> => {
    if ((await statusOf(id)) !== 'needs_review') return
    const decision = (await mailsTo(address)).length > 0 ? 'assume_sent' : 'resend'
    await client.post(`/executions/${id}/resume`, { decision })
  }

  for (const name of processes)
    it(`of ${name}: the run completes with one document and one e-mail`, async function () {
      this.timeout(150_000)
      const address = `${name}@example.com`
      const id = await client.start({ deal_id: name, recipient_email: address })
      await until(async () => (await typesOf(id)).includes('StepStarted'), 30_000)
      await product.kill9(name)
      await until(
        async () => {
          await decideIfLost(id, address)
          return (await statusOf(id)) === 'completed'
        },
        120_000,
        () => product.output(),
      )
      const types = await typesOf(id)
      expect(types.filter((type) => type === 'DocumentGenerated')).to.have.length(1)
      expect(await mailsTo(address)).to.have.length(1)
      await expectRowsEqualLog(product, id)
      const ids = (await client.follow(id)).flatMap((frame) => (frame.id === undefined ? [] : [frame.id]))
      expect(new Set(ids).size).to.equal(ids.length)
    })
})
