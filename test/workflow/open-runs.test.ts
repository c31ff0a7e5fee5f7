import { expect } from 'chai'
import knex from 'knex'
import type { Insertion, PostgresCheckpoint } from '../../src/consumers/postgres-checkpoint'
import type { Recorded } from '../../src/domain/event-store'
import { executionStream } from '../../src/domain/execution'
import { openRuns } from '../../src/workflow/open-runs'
import { freeLease, position } from '../consumers/deliveries'
import { runInMemory } from '../support/run-in-memory'
import { completed, created, executionId, organizationId, started } from '../support/runs'

describe('the runs that are open', () => {
  const written: Insertion[] = []
  let isAway = false
  const checkpoint: PostgresCheckpoint = {
    ...freeLease(),
    ensureHeld: () => undefined,
    saveSoon: () => undefined,
    saveWith: (_, rows) => {
      if (isAway) return Promise.reject(new Error('away'))
      written.push(...rows)
      return Promise.resolve()
    },
  }

  it('are not mistaken when what was noted could not be written at first', async () => {
    const memory = runInMemory()
    await memory.given({ ...created, data: { ...created.data, dry_run: true } }, started, completed, started)
    const [first, second, third, last] = memory.log.stream(executionStream(executionId)) as [
      Recorded,
      Recorded,
      Recorded,
      Recorded,
    ]
    const open = openRuns(knex({ client: 'pg' }), checkpoint)
    open.note(position(3), [first, second, third])
    isAway = true
    const flushing = open.flush().catch(String)
    open.note(position(4), [last])
    expect(await flushing).to.equal('Error: away')
    isAway = false
    await open.flush()
    expect(written.map(({ values }) => values)).to.deep.equal([[[executionId], [organizationId], ['true'], ['true']]])
  })
})
