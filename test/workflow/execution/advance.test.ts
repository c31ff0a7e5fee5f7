import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import type { ExecutionId } from '../../../src/domain/ids'
import type { StepRun } from '../../../src/nodes/steps/step-run'
import type { Advanced, Advancing } from '../../../src/workflow/execution/advance'
import type { RunnableType } from '../../../src/workflow/execution/attempt'
import type { RunLog } from '../../../src/workflow/execution/run-commands'
import { logInMemory } from '../../support/run-in-memory'
import { now, unreachable } from '../../support/runs'
import { advanceOf, gate, mail, receiptOf, result, typeOf, worker } from './advancing'
import { killed } from './death'
import { stageRun } from './stage'

const ended = { _tag: 'Ended' } as const
const asksSomebody = (author: string) => ({ _tag: 'Wait', ms: null, author })
const away = { _tag: 'Unavailable', reason: 'the file store is away' } as const

const sending = (act: (run: StepRun) => void = () => undefined): RunnableType =>
  typeOf({
    execute: (_, run) =>
      pipe(
        run.once(mail(run), () => {
          act(run)
          return Promise.resolve(E.right(receiptOf(run)))
        }),
        TE.map(() => result),
      ),
  })

/** A worker that dies when the log has its first append. */
const dies = (log: RunLog, author: string, type: RunnableType, id: ExecutionId, putOffBy?: string) => {
  const { log: cut, dead } = killed(log, 1, true)
  return Promise.race([dead, advanceOf(worker(cut, type, { author }))(id, putOffBy)])
}

const stage = async (length = 1) => {
  const log = logInMemory()
  const run = await stageRun(log, length)
  return {
    ...run,
    log,
    by: (author: string, type: RunnableType, change: Partial<Advancing> = {}) =>
      advanceOf(worker(log, type, { author, ...change })),
    said: async () => (await run.types()).slice(3),
    status: async () => (await run.state()).status,
    lastFault: async () => (await run.state()).lastFault?.code,
  }
}

describe('a step whose worker dies', () => {
  it('is tried by others, and fails when three have died of it', async () => {
    const { log, id, by, said, lastFault } = await stage()
    let acts = 0
    const deadly = typeOf({
      execute: (_, run) => {
        // Its intention reaches the log, and with it that the attempt was begun.
        return pipe(
          run.once({ ...mail(run), repeatable: true }, () => {
            acts += 1
            return Promise.resolve(E.right(receiptOf(run)))
          }),
          TE.map(() => result),
        )
      },
    })
    for (const author of ['a', 'b', 'c']) expect(await dies(log, author, deadly, id)).to.equal('dead')
    expect(await by('d', deadly)(id)).to.deep.equal(ended)
    const types = await said()
    expect(types.filter((type) => type === 'StepStarted')).to.have.length(3)
    expect(types.slice(-2)).to.deep.equal(['StepFailed', 'ExecutionFailed'])
    expect([await lastFault(), acts]).to.deep.equal(['step.worker_lost', 0])
  })

  it('and that had meant to send waits for a person; then it may be tried again', async () => {
    const { log, id, by, said, send, status } = await stage()
    let sent = 0
    const type = sending(() => (sent += 1))
    // The death comes with the intention's own append: nobody knows what followed.
    expect(await dies(log, 'a', type, id)).to.equal('dead')
    expect(await by('b', type)(id)).to.deep.equal(asksSomebody('b'))
    expect([await status(), sent]).to.deep.equal(['needs_review', 0])
    await send({
      type: 'ResumeExecution',
      now,
      approved: true,
      decision: 'resend',
      recheck: [],
      changes: {},
      reason: null,
    })
    expect(await by('c', type)(id, 'b')).to.deep.equal(ended)
    expect(sent).to.equal(1)
    expect((await said()).at(-1)).to.equal('ExecutionCompleted')
  })

  it('three times, with an e-mail that may have been sent, is for a person to decide', async () => {
    const { id, by, send, status, state, stepIds } = await stage()
    await send({ type: 'StartExecution' })
    const step_id = stepIds[0]!
    await by('checks', typeOf({ execute: () => TE.left(away) }))(id)
    for (const author of ['a', 'b', 'c']) await send({ type: 'StartStep', step_id, author, data_in: {} })
    const intention = {
      effect_key: `${step_id}/mail`,
      step_id,
      kind: 'email',
      repeatable: false,
      author: 'c/3',
    } as const
    await send({ type: 'IntendEffect', ...intention })
    expect(await by('d', sending())(id)).to.deep.equal(asksSomebody('d'))
    expect([await status(), (await state()).holds[0]?.kind]).to.deep.equal(['needs_review', 'outcome_lost'])
  })

  it('is not taken for dead by its own worker', async () => {
    const { id, by, said } = await stage()
    let isAway = true
    const type = typeOf({ execute: () => (isAway ? TE.left(away) : TE.of(result)) })
    const a = by('a', type)
    for (let n = 0; n < 5; n += 1) expect(await a(id)).to.deep.equal({ _tag: 'Away', reason: away.reason, author: 'a' })
    isAway = false
    expect(await a(id)).to.deep.equal(ended)
    expect(await said()).to.deep.equal(['StepStarted', 'StepCompleted', 'ExecutionCompleted'])
  })
})

describe('a part of docg that is away', () => {
  const handOver = async (
    advances: ReadonlyArray<(id: never, putOffBy?: string) => Promise<Advanced>>,
    id: never,
  ): Promise<Advanced> => {
    let last: Advanced | undefined
    for (const advance of advances)
      last = await advance(id, last === undefined || last._tag === 'Ended' ? undefined : (last.author ?? undefined))
    return last ?? ended
  }

  it('is no failed attempt and no death, whichever worker comes upon it', async () => {
    const { id, by, said, state } = await stage()
    let isAway = true
    const type = typeOf({
      attempts: 1,
      execute: (_, run) =>
        pipe(
          run.once({ ...mail(run), repeatable: true }, isAway ? TE.left(away) : TE.of(receiptOf(run))),
          TE.map(() => result),
        ),
    })
    const turns = ['a', 'b', 'a', 'b', 'c', 'b', 'a'].map((author) => by(author, type))
    expect(await handOver(turns, id as never)).to.have.property('_tag', 'Away')
    expect((await state()).steps[0]).to.deep.include({ status: 'running', deaths: 0, faults: 0 })
    isAway = false
    expect(await by('b', type)(id, 'a')).to.deep.equal(ended)
    expect((await said()).slice(-3)).to.deep.equal(['DocumentSent', 'StepCompleted', 'ExecutionCompleted'])
  })

  it('does not hide that a worker died afterwards', async () => {
    const { id, by, log, state } = await stage()
    const type = typeOf({
      execute: (_, run) =>
        pipe(
          run.once({ ...mail(run), repeatable: true }, TE.left(away)),
          TE.map(() => result),
        ),
    })
    await by('a', type)(id)
    // Temporal gives what was given to b to c, the same: b died with its step begun.
    expect(await dies(log, 'b', type, id, 'a')).to.equal('dead')
    await by('c', type)(id, 'a')
    expect((await state()).steps[0]?.deaths).to.equal(1)
  })

  it('is also the log: nothing is counted, and the run goes on with what had landed', async () => {
    const { id, by, log, said } = await stage()
    let left = 9
    const flaky: RunLog = {
      ...log,
      append: (stream, expected, events) => () =>
        (left -= 1) >= 0
          ? Promise.resolve(E.left({ _tag: 'StoreUnavailable', reason: 'away' }))
          : log.append(stream, expected, events)(),
    }
    const a = by('a', typeOf({ attempts: 1 }), { log: flaky })
    let advanced = await a(id)
    expect(advanced).to.have.property('_tag', 'Away')
    for (let n = 0; n < 9 && advanced._tag === 'Away'; n += 1) advanced = await a(id, 'a')
    expect(advanced).to.deep.equal(ended)
    expect(await said()).to.deep.equal(['StepStarted', 'StepCompleted', 'ExecutionCompleted'])
  })

  it('is also the log that cannot be read', async () => {
    const { id, by, log } = await stage()
    const silent: RunLog = { ...log, readStream: () => TE.left({ _tag: 'StoreUnavailable', reason: 'silent' }) }
    expect(await by('a', typeOf(), { log: silent })(id)).to.deep.equal({
      _tag: 'Away',
      reason: 'StoreUnavailable: silent',
      author: 'a',
    })
  })
})

describe('an attempt that takes too long', () => {
  for (const attempts of [1, 3])
    it(`(of ${attempts}) over an e-mail that may be on its way is for a person to decide, until its receipt comes`, async () => {
      const { id, by, said, status } = await stage()
      const { open, opened } = gate()
      const works: Promise<unknown>[] = []
      const type = typeOf({
        attempts,
        timeoutMs: 20,
        execute: (_, run) => () => {
          const work = run.once(mail(run), () => opened.then(() => E.right(receiptOf(run))))()
          works.push(work)
          return work.then(E.map(() => result))
        },
      })
      expect(await by('a', type)(id)).to.deep.equal(asksSomebody('a'))
      expect(await status()).to.equal('needs_review')
      open()
      await works[0]
      expect(await said()).to.deep.equal([
        'StepStarted',
        'EffectIntended',
        'DeliveryOutcomeLost',
        'DocumentSent',
        'DeliveryOutcomeDecided',
      ])
      expect(await by('a', type)(id, 'a')).to.deep.equal(ended)
      expect((await said()).at(-1)).to.equal('ExecutionCompleted')
    })
})

describe('a cancel', () => {
  it('during a step: it stops when it can, and nothing new begins', async () => {
    const { id, by, said, send, status } = await stage(2)
    let stopped = false
    const { open, opened } = gate()
    const type = typeOf({
      execute: (_, run) => () =>
        new Promise((resolve) => {
          run.signal.addEventListener('abort', () => {
            stopped = true
            resolve(E.left({ _tag: 'StepFault', retryable: true, fault: unreachable }))
          })
          open()
        }),
    })
    const heard: { cancel?: () => void } = {}
    const onCancel: Advancing['onCancel'] = (_, canceled) => {
      heard.cancel = canceled
      return () => undefined
    }
    const advancing = by('a', type, { onCancel })(id)
    await opened
    await send({ type: 'CancelExecution', now, reason: 'no' })
    heard.cancel?.()
    expect(await advancing).to.deep.equal(ended)
    expect([stopped, await status()]).to.deep.equal([true, 'canceled'])
    expect(await said()).to.not.include.members(['StepAttemptFailed', 'StepFailed'])
    expect((await said()).filter((type) => type === 'StepStarted')).to.have.length.at.most(1)
  })

  it('during a step that cannot stop: it ends, and nothing new begins', async () => {
    const { id, by, said, send, status } = await stage(2)
    const { open, opened } = gate()
    const { open: finish, opened: finished } = gate()
    const type = typeOf({
      execute: () => () => {
        open()
        return finished.then(() => E.right(result))
      },
    })
    const advancing = by('a', type)(id)
    await opened
    await send({ type: 'CancelExecution', now, reason: null })
    finish()
    expect(await advancing).to.deep.equal(ended)
    expect(await status()).to.equal('canceled')
    expect((await said()).filter((type) => type === 'StepStarted')).to.have.length.at.most(1)
  })

  for (const order of ['before', 'after'] as const)
    it(`${order} the intention: what was begun is ended, what was not is not begun`, async () => {
      const { id, by, log, said, send, status } = await stage()
      let sent = 0
      const type = sending(() => (sent += 1))
      let isFirst = true
      const race: RunLog = {
        ...log,
        append: (stream, expected, events) => async () => {
          const meant = isFirst && events.some((event) => event.type === 'EffectIntended')
          if (meant) isFirst = false
          if (meant && order === 'before') await send({ type: 'CancelExecution', now, reason: null })
          const landed = await log.append(stream, expected, events)()
          if (meant && order === 'after') await send({ type: 'CancelExecution', now, reason: null })
          return landed
        },
      }
      expect(await by('a', type, { log: race })(id)).to.deep.equal(ended)
      expect([await status(), sent]).to.deep.equal(['canceled', order === 'before' ? 0 : 1])
      const types = await said()
      expect(types.includes('DocumentSent')).to.equal(order === 'after')
    })

  it('while the worker is dead: it is carried out by the next, and what may have been sent is told', async () => {
    const { id, by, log, said, send, status } = await stage()
    expect(await dies(log, 'a', sending(), id)).to.equal('dead')
    await send({ type: 'CancelExecution', now, reason: null })
    expect(await by('b', sending())(id)).to.deep.equal(ended)
    expect(await status()).to.equal('canceled')
    expect((await said()).slice(-3)).to.deep.equal(['CancelRequested', 'DeliveryOutcomeLost', 'ExecutionCanceled'])
  })
})

describe('a pause', () => {
  const resume = {
    type: 'ResumeExecution',
    now,
    approved: true,
    decision: null,
    recheck: [],
    changes: {},
    reason: null,
  } as const

  it('while an attempt waits for its next: nothing begins when it is due, until it is resumed', async () => {
    const { id, by, said, send, status } = await stage()
    let ahead = 0
    let fails = true
    const clock = { now: () => new Date(Date.now() + ahead).toISOString() }
    const type = typeOf({
      execute: () => (fails ? TE.left({ _tag: 'StepFault', retryable: true, fault: unreachable }) : TE.of(result)),
    })
    expect(await by('a', type, clock)(id))
      .to.have.property('ms')
      .that.is.a('number')
    await send({ type: 'PauseExecution', now, reason: null })
    ahead = 60_000
    fails = false
    expect(await by('a', type, clock)(id)).to.deep.equal(asksSomebody('a'))
    expect(await status()).to.equal('paused')
    await send(resume)
    expect(await by('a', type, clock)(id)).to.deep.equal(ended)
    expect((await said()).slice(2)).to.deep.equal([
      'ExecutionPaused',
      'ExecutionResumed',
      'StepStarted',
      'StepCompleted',
      'ExecutionCompleted',
    ])
  })

  it('during a step: the step ends first; resumed while no worker runs, it goes on with the next', async () => {
    const { id, by, send, status, said } = await stage(2)
    let isFirst = true
    const type = typeOf({
      execute: () => async () => {
        if (isFirst) {
          isFirst = false
          await send({ type: 'PauseExecution', now, reason: null })
        }
        return E.right(result)
      },
    })
    expect(await by('a', type)(id)).to.deep.equal(asksSomebody('a'))
    expect(await status()).to.equal('paused')
    await send(resume)
    expect(await by('b', type)(id, 'a')).to.deep.equal(ended)
    expect((await said()).filter((type) => type === 'StepCompleted')).to.have.length(2)
  })
})
