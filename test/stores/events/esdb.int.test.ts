import { esdbEventStore } from '../../../src/stores/events/esdb'
import { eventStoreContract } from '../../contract/event-store'
import { startTestEventStore, type TestEventStore } from '../../support/event-store'

describe('esdbEventStore over the embedded server', function () {
  this.timeout(60_000)
  let server: TestEventStore
  before(async () => (server = await startTestEventStore()))
  after(() => server.stop())

  eventStoreContract('the gateway', () => Promise.resolve(esdbEventStore({ url: server.url })))
})

const given = process.env['EVENTSTORE_TEST_URL']
if (given !== undefined && given !== '')
  describe('esdbEventStore over EVENTSTORE_TEST_URL', function () {
    this.timeout(60_000)
    eventStoreContract('the gateway', () => Promise.resolve(esdbEventStore({ url: given })))
  })
