import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import { executionActivities } from '../../../src/workflow/execution/activities'
import { logInMemory } from '../../support/run-in-memory'
import { gate, result, typeOf, worker } from './advancing'
import { organization, stageRun } from './stage'

describe('what a worker does for Temporal', () => {
  it('is done once for a run at a time, whoever asks', async () => {
    const log = logInMemory()
    const { id, types } = await stageRun(log, 1)
    const { open, opened } = gate()
    let made = 0
    const type = typeOf({
      execute: () => async () => {
        made += 1
        await opened
        return E.right(result)
      },
    })
    const { advance } = executionActivities(worker(log, type), 8)
    const asked = [advance(id, organization, null), advance(id, organization, null)]
    open()
    expect(await Promise.all(asked)).to.deep.equal([{ _tag: 'Ended' }, { _tag: 'Ended' }])
    expect([made, (await types()).filter((type) => type === 'StepCompleted').length]).to.deep.equal([1, 1])
  })

  it('is put off when an organization fills its share, and says nothing of the worker before', async () => {
    const log = logInMemory()
    const runs = [await stageRun(log, 1), await stageRun(log, 1)]
    const { open, opened } = gate()
    const type = typeOf({ execute: () => () => opened.then(() => E.right(result)) })
    const { advance } = executionActivities(worker(log, type), 2)
    const first = advance(runs[0]!.id, organization, null)
    const second = await advance(runs[1]!.id, organization, 'another worker')
    expect(second).to.deep.include({ _tag: 'Wait', author: 'another worker' })
    expect(second).to.have.property('ms').that.is.within(750, 37_500)
    open()
    expect(await first).to.deep.equal({ _tag: 'Ended' })
    expect(await advance(runs[1]!.id, organization, null)).to.deep.equal({ _tag: 'Ended' })
  })

  it('that throws counts as a death: what it left open is not gone on with under the same name', async () => {
    const log = logInMemory()
    const { id, events } = await stageRun(log, 1)
    let throwing = true
    const broken = worker(log, typeOf(), {
      now: () => {
        if (throwing) throw new Error('a bug')
        return new Date().toISOString()
      },
    })
    const { advance } = executionActivities(broken, 8)
    expect(await advance(id, organization, null).catch(String)).to.equal('Error: a bug')
    throwing = false
    expect(await advance(id, organization, null)).to.deep.equal({ _tag: 'Ended' })
    const begun = (await events()).find(({ type }) => type === 'StepStarted')
    expect(begun?.type === 'StepStarted' && begun.data.author).to.equal('worker 1 1')
  })

  it('is nothing for what is no id', () => {
    const { advance } = executionActivities(worker(logInMemory(), typeOf()), 8)
    expect(() => advance('x', organization, null)).to.throw('not an id of ours')
  })
})
