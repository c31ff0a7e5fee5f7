import { EventStoreDBClient } from '@eventstore/db-client'
import { expect } from 'chai'
import { startEventStoreServer } from '../../../src/embedded/event-store'
import { createPerformer } from './perform'
import { sharedPostgres } from './shared-postgres'
import { type Answer, vectors } from './vectors'

const plain = (answer: Answer): Answer => JSON.parse(JSON.stringify(answer)) as Answer

/** The real server withholds caughtUp on a stream without events; sending it is allowed. */
const comparable = (answer: Answer, wanted: Answer): Answer =>
  Array.isArray(wanted['log']) && Array.isArray(answer['log']) && !wanted['log'].includes('caughtUp')
    ? { ...answer, log: answer['log'].filter((entry) => entry !== 'caughtUp') }
    : answer

const { EVENTSTORE_TEST_URL: testUrl } = process.env

/** A server of our own is asked twice: with its newest events in memory, and reading all from its database. */
const subjects =
  testUrl === undefined
    ? [{ from: 'from memory' }, { from: 'from the database', tailBytes: 0 }]
    : [{ from: `by ${new URL(testUrl).host}` }]

for (const { from, ...memory } of subjects)
  describe(`what EventStoreDB answered, ${from}`, () => {
    let client: EventStoreDBClient
    let stop: () => Promise<void> = () => Promise.resolve()

    const startEmbedded = async () => {
      const databaseUrl = await (await sharedPostgres()).database()
      const server = await startEventStoreServer({ databaseUrl, host: '127.0.0.1', port: 0, ...memory })
      stop = server.stop
      return server.url
    }

    before(async function () {
      this.timeout(60_000)
      client = EventStoreDBClient.connectionString(testUrl ?? (await startEmbedded()))
    })

    after(async () => {
      await client.dispose()
      await stop()
    })

    for (const vector of vectors)
      it(`seed ${vector.seed}, ${vector.ops.length} operations`, async () => {
        const perform = createPerformer(client, vector)
        for (const [index, operation] of vector.ops.entries()) {
          const wanted = vector.results[index] ?? {}
          const answer = comparable(plain(await perform(operation)), wanted)
          expect(JSON.stringify(answer), `operation ${index}: ${JSON.stringify(operation)}`).to.equal(
            JSON.stringify(wanted),
          )
        }
      }).timeout(20_000)
  })
