import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import * as TE from 'fp-ts/TaskEither'
import { connection, type ConnectionCommand, connectionStream } from '../../../src/domain/connection'
import { type ExecutionCommand, executionStream } from '../../../src/domain/execution'
import { type Fault, fault } from '../../../src/domain/fault'
import { ConnectionId, derivedId } from '../../../src/domain/ids'
import { load } from '../../../src/domain/load'
import type { EventMetadata } from '../../../src/domain/metadata'
import type { Node } from '../../../src/domain/workflow-definition'
import type { Finding } from '../../../src/nodes/contract'
import { catalogOf } from '../../../src/workflow/execution/catalog'
import { reportProbed, reportUsed } from '../../../src/workflow/execution/report-connection'
import { openRun, type RunLog } from '../../../src/workflow/execution/run-commands'
import { logInMemory, runInMemory } from '../../support/run-in-memory'
import {
  now,
  organizationId,
  outcomeUnknown,
  refused as wrongRecipient,
  sending,
  sendIntended,
  sendIntention,
  sent,
  steps,
  unreachable,
  worker,
} from '../../support/runs'
import { right, sendTo } from '../../support/send'

const { step_id, node_id } = steps.email
const id = derivedId(ConnectionId, organizationId, 'connection')
const node: Node = {
  node_id,
  node_type: 'email',
  label: 'Send',
  config: { connection_id: id, to: ['ana@example.com'], subject_template: 'Hello' },
}

const denied = fault('delivery.smtp_auth_failed', {}, '535')
const fails = (what: Fault): ExecutionCommand => ({ type: 'FailStep', step_id, fault: what })
const failsOnce = (what: Fault): ExecutionCommand => ({
  type: 'RecordFailedAttempt',
  step_id,
  attempts_at_most: 3,
  now,
  retry_at: now,
  fault: what,
})
const receipt: ExecutionCommand = { type: 'RecordReceipt', receipt: sent }
const completes: ExecutionCommand = { type: 'CompleteStep', step_id, output: {}, personal: { output: {} } }

describe('a connection that a step uses', () => {
  const stage = async (inTrouble = false) => {
    const memory = runInMemory()
    await memory.given(...sending, sendIntended)
    const send = sendTo(memory.log, organizationId)
    await send(connection, connectionStream(id), {
      type: 'CreateConnection',
      connection_id: id,
      organization_id: organizationId,
      name: 'Mail',
      connection_type: 'smtp',
      personal: { config: {} },
    })
    const change = (command: ConnectionCommand) => send(connection, connectionStream(id), command)
    if (inTrouble) await change({ type: 'ReportConnection', version: 1, fault: denied, now })
    let reads = 0
    const log: RunLog = {
      append: memory.log.append,
      readStream: (stream, slice) => {
        if (stream === connectionStream(id)) reads += 1
        return memory.log.readStream(stream, slice)
      },
    }
    const catalog = catalogOf(log)(organizationId)
    await catalog.connection(id)()
    const state = async () => right(await load(memory.log)(connection)(connectionStream(id))()).state
    const heard = async (...commands: ReadonlyArray<ExecutionCommand>) => {
      const run = right(await openRun(memory.log, worker)(memory.id)())
      const before = run.state()
      for (const command of commands) right(run.stage(command))
      const readBefore = reads
      await reportUsed({ log, now: () => now }, catalog, run, node, step_id)(before)()
      return {
        status: (await state()).status,
        events: memory.log.stream(connectionStream(id)).length - (inTrouble ? 2 : 1),
        reads: reads - readBefore,
      }
    }
    return { memory, change, heard, log, state }
  }

  it('is in trouble when it refuses the step, also when the step is tried again', async () => {
    for (const command of [fails(denied), failsOnce(denied)]) {
      const { heard, memory } = await stage()
      expect(await heard(command)).to.include({ status: 'error', events: 1 })
      const born = memory.log.stream(executionStream(memory.id))[0]?.metadata as EventMetadata | undefined
      const [, told] = memory.log.stream(connectionStream(id))
      expect(told?.metadata).to.deep.include({
        $correlationId: born?.$correlationId,
        actor: { type: 'system', id: 'workflow' },
        organization_id: organizationId,
      })
    }
  })

  it('is not, whatever else the step fails for', async () => {
    for (const other of [wrongRecipient, unreachable, outcomeUnknown]) {
      const { heard } = await stage()
      expect(await heard(fails(other))).to.deep.equal({ status: 'active', events: 0, reads: 0 })
    }
  })

  it('is out of trouble when the step got through, and that is all that is said of it', async () => {
    expect(await (await stage(true)).heard(receipt, completes)).to.include({ status: 'active', events: 1 })
    expect(await (await stage()).heard(receipt, completes)).to.deep.equal({ status: 'active', events: 0, reads: 0 })
  })

  it('stays in trouble when it is in it already, and when a step ends without it', async () => {
    const unchanged = { status: 'error', events: 0, reads: 0 }
    expect(await (await stage(true)).heard(fails(denied))).to.deep.equal(unchanged)
    expect(await (await stage(true)).heard(completes)).to.deep.equal(unchanged)
    const { heard, memory } = await stage(true)
    await memory.given({ type: 'DocumentSent', data: { ...sent.data, effect_key: sendIntention.effect_key } })
    expect(await heard(completes), 'sent by an earlier attempt').to.deep.equal(unchanged)
  })

  it('is not in trouble for a secret that was replaced while the step was at work', async () => {
    const { heard, change } = await stage()
    await change({ type: 'UpdateConnection', name: undefined, config: undefined, replacesSecret: true })
    expect(await heard(fails(denied))).to.include({ status: 'active', events: 1 })
  })

  it('is in trouble when a run’s checks find what blocks, and no sooner', async () => {
    const { memory, log, state } = await stage()
    const run = right(await openRun(memory.log, worker)(memory.id)())
    const heard = async (...probed: ReadonlyArray<Finding>) => {
      const known = await state()
      if (known.status === 'unknown') throw new Error('no connection')
      await reportProbed({ log, now: () => now }, run, { connections: { [id]: known }, probed: { [id]: probed } })()
      return (await state()).status
    }
    const found = (code: 'delivery.smtp_unreachable' | 'delivery.smtp_auth_failed'): Finding => ({
      code,
      params: {},
      tech: 't',
    })
    expect(await heard()).to.equal('active')
    expect(await heard(found('delivery.smtp_unreachable'))).to.equal('active')
    expect(await heard(found('delivery.smtp_unreachable'), found('delivery.smtp_auth_failed'))).to.equal('error')
    expect(await heard(found('delivery.smtp_auth_failed'))).to.equal('error')
    expect(await heard(), 'an answer that may be a minute old').to.equal('error')
    expect(memory.log.stream(connectionStream(id))).to.have.length(2)
  })

  it('does not keep a run from going on when the log does not answer', async () => {
    const { memory } = await stage()
    const away = TE.left({ _tag: 'StoreUnavailable' as const, reason: 'away' })
    const catalog = catalogOf({ readStream: () => away })(organizationId)
    const run = right(await openRun(memory.log, worker)(memory.id)())
    const before = run.state()
    right(run.stage(fails(denied)))
    const deps = { log: { ...logInMemory(), append: () => away }, now: () => now }
    await reportUsed(deps, catalog, run, node, step_id)(before)()
    expect(E.isRight(await run.commit())).to.equal(true)
  })
})
