import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import * as TE from 'fp-ts/TaskEither'
import type { FillTexts } from '../../../src/nodes/node-work/filling'
import type { Checks } from '../../../src/nodes/preflight'
import { fillingUnfinished } from '../../../src/nodes/steps/faults'
import type { Advancing } from '../../../src/workflow/execution/advance'
import type { RunCommands } from '../../../src/workflow/execution/run-commands'
import { logInMemory } from '../../support/run-in-memory'
import { now } from '../../support/runs'
import { advanceOf, gate, typeOf, worker } from './advancing'
import { stageRun } from './stage'

const ended = { _tag: 'Ended' } as const

const stage = async () => {
  const log = logInMemory()
  const run = await stageRun(log, 1)
  return {
    ...run,
    advance: (change: Partial<Advancing>) => advanceOf(worker(log, typeOf(), change))(run.id),
    said: async () => (await run.types()).slice(1),
  }
}

/** Somebody asks for a cancel as soon as the work has begun. */
const canceling = () => {
  const begun = gate()
  const watch = (_: RunCommands, canceled: () => void) => {
    void begun.opened.then(canceled)
    return () => undefined
  }
  return { onCancel: watch, begun: begun.open }
}

const untilStopped = <A>(signal: AbortSignal | undefined, stopped: A): Promise<A> =>
  new Promise((resolve) => signal?.addEventListener('abort', () => resolve(stopped)))

describe('texts that are filled in elsewhere', () => {
  it('are stopped by a cancel, and their step does not begin', async () => {
    const { advance, send, said } = await stage()
    const { onCancel, begun } = canceling()
    const fillTexts: FillTexts =
      ({ signal }) =>
      async () => {
        await send({ type: 'CancelExecution', now, reason: null })
        begun()
        return untilStopped(signal, E.left({ _tag: 'LookAgain' as const }))
      }
    expect(await advance({ fillTexts, onCancel })).to.deep.equal(ended)
    expect(await said())
      .to.include('ExecutionCanceled')
      .and.not.include('StepStarted')
  })

  it('that cannot be filled in now are filled in later: no attempt is counted', async () => {
    const { advance, said } = await stage()
    const away = { _tag: 'Unavailable', reason: 'no thread' } as const
    expect(await advance({ fillTexts: () => TE.left(away) })).to.deep.include({ _tag: 'Away', reason: 'no thread' })
    expect(await said()).to.not.include('StepStarted')
    expect(await advance({})).to.deep.equal(ended)
    expect((await said()).filter((type) => type === 'StepStarted')).to.have.length(1)
  })

  it('that took too long are tried again, like any step that did', async () => {
    const { advance, said } = await stage()
    const fillTexts: FillTexts = ({ step }) => TE.left(fillingUnfinished(step.label, 'too long'))
    expect(await advance({ fillTexts })).to.have.property('_tag', 'Wait')
    expect((await said()).slice(-2)).to.deep.equal(['StepStarted', 'StepAttemptFailed'])
  })

  it('that throw fail their step', async () => {
    const { advance, said } = await stage()
    expect(await advance({ fillTexts: () => () => Promise.reject(new Error('a bug')) })).to.deep.equal(ended)
    expect((await said()).slice(-3)).to.deep.equal(['StepStarted', 'StepFailed', 'ExecutionFailed'])
  })
})

describe('checks of a run that are made elsewhere', () => {
  const unavailable: Checks = () => TE.left({ _tag: 'ChecksUnavailable', reason: 'no thread' })

  it('and cannot be made now are made later: no run begins its steps unchecked', async () => {
    const { advance, said } = await stage()
    expect(await advance({ checks: unavailable })).to.deep.include({ _tag: 'Away', reason: 'no thread' })
    expect(await said())
      .to.not.include('PreflightCompleted')
      .and.not.include('StepStarted')
    expect(await advance({})).to.deep.equal(ended)
    expect(await said()).to.include.members(['PreflightCompleted', 'ExecutionCompleted'])
  })

  it('are stopped by a cancel', async () => {
    const { advance, send, said } = await stage()
    const { onCancel, begun } = canceling()
    const checks: Checks =
      ({ signal }) =>
      async () => {
        await send({ type: 'CancelExecution', now, reason: null })
        begun()
        return untilStopped(signal, E.left({ _tag: 'ChecksUnavailable' as const, reason: 'stopped' }))
      }
    expect(await advance({ checks, onCancel })).to.deep.equal(ended)
    expect(await said())
      .to.include('ExecutionCanceled')
      .and.not.include('PreflightCompleted')
  })

  it('and were not made to their end hold the run', async () => {
    const { advance, state } = await stage()
    const checks: Checks = ({ nodes }) =>
      TE.right([
        {
          code: 'data.check_unfinished',
          params: { label: 'Step 1' },
          tech: 'too long',
          severity: 'blocking',
          domain: 'data',
          node_id: nodes[0]!.node_id,
          position: 1,
        },
      ])
    expect(await advance({ checks })).to.have.property('_tag', 'Wait')
    expect((await state()).holds.map(({ kind }) => kind)).to.deep.equal(['preflight_blocked'])
  })
})
