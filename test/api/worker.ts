import * as E from 'fp-ts/Either'
import { commandHandler } from '../../src/domain/command-handler'
import { execution, type ExecutionCommand, executionStream } from '../../src/domain/execution'
import { fault } from '../../src/domain/fault'
import {
  CommandId,
  derivedId,
  DocumentId,
  type ExecutionId,
  type OrganizationId,
  type StepId,
} from '../../src/domain/ids'
import { load } from '../../src/domain/load'
import type { CommandContext } from '../../src/domain/metadata'
import type { Site } from './site'

/** Tells the log what a worker would, without doing it. */
export const workerOn = (site: Pick<Site, 'store'>, organization: OrganizationId, id: string) => {
  const run = id as ExecutionId
  let told = 0

  const tell = async (command: ExecutionCommand): Promise<void> => {
    const commandId = derivedId(CommandId, run, 'worker', String((told += 1)))
    const context: CommandContext = {
      commandId,
      commandHash: commandId,
      correlationId: commandId as string as CommandContext['correlationId'],
      causationId: commandId,
      actor: { type: 'system', id: 'worker' },
      organization,
    }
    const result = await commandHandler(site.store)(execution)(executionStream(run), command, context)()
    if (E.isLeft(result)) throw new Error(`${command.type}: ${result.left._tag}`)
  }

  const stepAt = async (position: number): Promise<StepId> => {
    const loaded = await load(site.store)(execution)(executionStream(run))()
    const step =
      E.isRight(loaded) && loaded.right.state.status !== 'unborn' ? loaded.right.state.steps[position - 1] : undefined
    if (step === undefined) throw new Error(`no step ${position}`)
    return step.step_id
  }

  const begin = async (): Promise<void> => {
    await tell({ type: 'StartExecution' })
    const step_id = await stepAt(1)
    await tell({ type: 'StartStep', step_id, author: 'worker', data_in: {} })
    await tell({ type: 'CompleteStep', step_id, output: {}, personal: { output: {} } })
  }

  const document = async (position: number, sha256: string, size: number, file_name: string): Promise<DocumentId> => {
    const step_id = await stepAt(position)
    const document_id = derivedId(DocumentId, run, 'document', String(position))
    await tell({ type: 'StartStep', step_id, author: 'worker', data_in: {} })
    await tell({
      type: 'IntendEffect',
      effect_key: `${position}:document`,
      step_id,
      kind: 'document',
      repeatable: true,
      author: 'worker/1',
    })
    await tell({
      type: 'RecordReceipt',
      receipt: {
        type: 'DocumentGenerated',
        data: {
          effect_key: `${position}:document`,
          step_id,
          document_id,
          content_type: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
          size,
          sha256,
          template_id: 't',
          template_version: 1,
          expires_at: null,
          personal: { file_name },
        },
      },
    })
    return document_id
  }

  const failStep = async (position: number): Promise<void> => {
    const step_id = await stepAt(position)
    await tell({ type: 'StartStep', step_id, author: 'worker', data_in: {} })
    await tell({
      type: 'FailStep',
      step_id,
      fault: fault('delivery.recipient_rejected', { email: 'x@example.com' }, '550 5.1.1 no such user'),
    })
  }

  const loseOutcome = async (position: number): Promise<void> => {
    const step_id = await stepAt(position)
    await tell({ type: 'StartStep', step_id, author: 'worker', data_in: {} })
    await tell({
      type: 'IntendEffect',
      effect_key: `${position}:mail`,
      step_id,
      kind: 'email',
      repeatable: false,
      author: 'worker/1',
    })
    await tell({
      type: 'ReportLostOutcome',
      effect_key: `${position}:mail`,
      now: new Date().toISOString(),
      fault: fault('delivery.outcome_unknown', { label: 'Send' }, 'the connection broke after DATA'),
    })
  }

  return { tell, stepAt, begin, document, failStep, loseOutcome }
}
