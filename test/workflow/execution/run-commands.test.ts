import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import * as TE from 'fp-ts/TaskEither'
import type { AppendError, NewEvent } from '../../../src/domain/event-store'
import type { ExecutionCommand } from '../../../src/domain/execution'
import { openRun, type RunLog } from '../../../src/workflow/execution/run-commands'
import { runInMemory } from '../../support/run-in-memory'
import {
  created,
  done,
  generated,
  now,
  preflightCompleted,
  renderIntended,
  renderIntention,
  retryAt,
  sendIntended,
  sending,
  sent,
  started,
  steps,
  stepStarted,
  unreachable,
} from '../../support/runs'
import { right } from '../../support/send'

const author = 'the worker'
const start = (step = steps.trigger): ExecutionCommand => ({
  type: 'StartStep',
  step_id: step.step_id,
  author,
  data_in: {},
})
const complete = (step = steps.trigger, output = {}): ExecutionCommand => ({
  type: 'CompleteStep',
  step_id: step.step_id,
  output,
  personal: { output: {} },
})
const receipt: ExecutionCommand = { type: 'RecordReceipt', receipt: sent }
const lookAgain = E.left({ _tag: 'LookAgain' })
const away = { _tag: 'StoreUnavailable', reason: 'away' } as const
const unavailable: AppendError = away
const refusedControl: ExecutionCommand = { type: 'RecordRefusedControl', control: 'resume', code: 'x' }

type Sent = ReadonlyArray<NewEvent>

/** A log that answers the first appends otherwise: undefined lets one through. */
const scripted = (log: RunLog, answers: ReadonlyArray<AppendError | undefined>) => {
  const left = [...answers]
  const asked: Sent[] = []
  const append: RunLog['append'] = (stream, expected, events) => () => {
    asked.push(events)
    const error = left.shift()
    return error === undefined ? log.append(stream, expected, events)() : Promise.resolve(E.left(error))
  }
  return { log: { ...log, append }, asked }
}

describe('the commands of an advance', () => {
  const running = async () => {
    const memory = runInMemory()
    await memory.given(created, started, preflightCompleted())
    return { memory, open: async (log: RunLog = memory.log) => right(await openRun(log, author)(memory.id)()) }
  }

  it('go to the log together, and are decided on each other before', async () => {
    const { memory, open } = await running()
    const run = await open()
    for (const command of [start(), complete(), start(steps.render)]) right(run.stage(command))
    expect(run.state().currentStep).to.equal(steps.render.step_id)
    expect(memory.types()).to.have.length(3)
    right(await run.commit())
    expect(memory.types().slice(3)).to.deep.equal(['StepStarted', 'StepCompleted', 'StepStarted'])
    expect(memory.log.appends.at(-1)).to.equal(3)
    expect(run.revision()).to.equal(5n)
    right(await run.commit())
    expect(memory.types()).to.have.length(6)
  })

  it('that the run does not allow mean: look again; nothing is staged', async () => {
    const { memory, open } = await running()
    const run = await open()
    expect(run.stage(start(steps.email))).to.deep.equal(lookAgain)
    right(await run.commit())
    expect(memory.types()).to.have.length(3)
  })

  it('are decided again when somebody else was quicker', async () => {
    const { memory, open } = await running()
    const run = await open()
    right(run.stage(start()))
    right(run.stage(complete()))
    await memory.send(refusedControl)
    right(await run.commit())
    expect(memory.types().slice(3)).to.deep.equal(['ControlRefused', 'StepStarted', 'StepCompleted'])
  })

  it('that are refused then fall away, and what was accepted before them lands', async () => {
    const { memory, open } = await running()
    await memory.given(...done(steps.trigger), stepStarted(steps.render), renderIntended)
    const run = await open()
    right(run.stage({ type: 'RecordReceipt', receipt: generated }))
    right(run.stage(complete(steps.render)))
    right(run.stage(start(steps.email)))
    await memory.send({ type: 'CancelExecution', now, reason: null })
    expect(await run.commit()).to.deep.equal(lookAgain)
    expect(memory.types().slice(-4)).to.deep.equal([
      'CancelRequested',
      'DocumentGenerated',
      'StepCompleted',
      'ExecutionCanceled',
    ])
    expect(run.state().status).to.equal('canceled')
  })

  it('that say what was said already are silent', async () => {
    const { memory, open } = await running()
    const run = await open()
    right(run.stage(start()))
    right(run.stage(complete()))
    await memory.given(...done(steps.trigger))
    right(await run.commit())
    expect(memory.types().slice(3)).to.deep.equal(['StepStarted', 'StepCompleted'])
  })

  it('that the log does not take are found one by one; what comes before is in it', async () => {
    const { memory, open } = await running()
    const tooLarge: AppendError = { _tag: 'EventTooLarge', bytes: 9, limit: 8 }
    const log: RunLog = {
      ...memory.log,
      append: (stream, expected, events) =>
        events.some(({ type }) => type === 'StepCompleted')
          ? TE.left(tooLarge)
          : memory.log.append(stream, expected, events),
    }
    const run = await open(log)
    right(run.stage(start()))
    right(run.stage(complete()))
    right(run.stage(start(steps.render)))
    expect(await run.commit()).to.deep.equal(E.left({ _tag: 'Unsayable', command: complete(), error: tooLarge }))
    expect(memory.types().slice(3)).to.deep.equal(['StepStarted'])
    expect(run.state().steps[0]?.status).to.equal('running')
    right(await run.commit())
  })

  it('are given again, as the same events, when the log does not answer', async () => {
    const { memory, open } = await running()
    const { log, asked } = scripted(memory.log, [unavailable, unavailable])
    const run = await open(log)
    right(run.stage(start()))
    right(await run.commit())
    expect(asked).to.have.length(3)
    expect(new Set(asked.map((events) => events.map(({ id }) => id).join())).size).to.equal(1)
  })

  it('stay staged when it goes on not answering', async () => {
    const { memory, open } = await running()
    const { log } = scripted(memory.log, [unavailable, unavailable, unavailable])
    const run = await open(log)
    right(run.stage(start()))
    expect(await run.commit()).to.deep.equal(E.left(unavailable))
    right(await run.commit())
    expect(memory.types().slice(3)).to.deep.equal(['StepStarted'])
  })

  it('are other events when they say something else at the same revision', async () => {
    const { memory, open } = await running()
    const { log, asked } = scripted(memory.log, [unavailable, unavailable, unavailable])
    const late = await open(log)
    right(late.stage(start()))
    right(late.stage(complete()))
    await late.commit()
    const run = await open()
    right(run.stage(start()))
    const again = { attempts_at_most: 3, now, retry_at: retryAt, fault: unreachable }
    right(run.stage({ type: 'RecordFailedAttempt', step_id: steps.trigger.step_id, ...again }))
    // The first append lands after all, between the reading and the second one.
    const [first, ...more] = asked[0] ?? []
    right(await memory.log.append(`execution-${memory.id}` as never, 2n as never, [first!, ...more])())
    expect(await run.commit()).to.deep.equal(lookAgain)
    expect(memory.types().slice(3)).to.deep.equal(['StepStarted', 'StepCompleted'])
    expect(run.state()).to.deep.equal(memory.run())
  })

  it('that are staged while others are on the way follow them', async () => {
    const { memory, open } = await running()
    const gate: { open: () => void } = { open: () => undefined }
    const opened = new Promise<void>((resolve) => (gate.open = resolve))
    let first = true
    const run = await open({
      ...memory.log,
      append: (stream, expected, events) => async () => {
        if (first) {
          first = false
          await opened
        }
        return memory.log.append(stream, expected, events)()
      },
    })
    right(run.stage(start()))
    const under = run.commit()
    right(run.stage(complete()))
    const next = run.commit()
    gate.open()
    right(await under)
    right(await next)
    expect(memory.types().slice(3)).to.deep.equal(['StepStarted', 'StepCompleted'])
    expect(run.revision()).to.equal(4n)
  })

  it('cannot be given to a run that is not there', async () => {
    expect(await openRun(runInMemory().log, author)(runInMemory().id)()).to.deep.equal(E.left({ _tag: 'RunGone' }))
  })

  it('keep an urgent receipt apart from one that can be made again', async () => {
    const memory = runInMemory()
    await memory.given(...sending, sendIntended)
    const run = right(await openRun(memory.log, author)(memory.id)())
    expect(run.isUrgent()).to.equal(false)
    right(run.stage(receipt))
    expect(run.isUrgent()).to.equal(true)
    right(await run.commit())
    expect(run.isUrgent()).to.equal(false)
    const other = runInMemory()
    await other.given(created, started, ...done(steps.trigger), stepStarted(steps.render))
    const another = right(await openRun(other.log, author)(other.id)())
    right(another.stage({ type: 'IntendEffect', ...renderIntention }))
    right(another.stage({ type: 'RecordReceipt', receipt: generated }))
    expect(another.isUrgent()).to.equal(false)
  })
})

describe('a receipt', () => {
  const withReceipt = async (disturbed: (memory: ReturnType<typeof runInMemory>) => RunLog) => {
    const memory = runInMemory()
    await memory.given(...sending, sendIntended)
    const run = right(await openRun(disturbed(memory), author)(memory.id)())
    right(run.stage(receipt))
    right(await run.commit())
    expect(memory.types().filter((type) => type === 'DocumentSent')).to.have.length(1)
    return memory
  }

  it('reaches the log however long it does not answer', async () => {
    await withReceipt(
      ({ log }) =>
        scripted(
          log,
          Array.from({ length: 5 }, () => unavailable),
        ).log,
    )
  })

  it('reaches the log however many others write meanwhile', async () => {
    let others = 20
    const memory = await withReceipt((run) => ({
      ...run.log,
      append: (stream, expected, events) => async () => {
        if ((others -= 1) >= 0) await run.send(refusedControl)
        return run.log.append(stream, expected, events)()
      },
    }))
    expect(memory.types().filter((type) => type === 'ControlRefused')).to.have.length(20)
  })

  it('reaches the log also when it cannot be read again at first', async () => {
    await withReceipt((run) => {
      let reads = 0
      return {
        append: (stream, expected, events) => async () => {
          if (run.types().at(-1) === 'EffectIntended') await run.send(refusedControl)
          return run.log.append(stream, expected, events)()
        },
        readStream: (stream, slice) => () => {
          reads += 1
          return reads > 1 && reads < 6 ? Promise.resolve(E.left(away)) : run.log.readStream(stream, slice)()
        },
      }
    })
  })
})
