import * as E from 'fp-ts/Either'
import type * as TE from 'fp-ts/TaskEither'
import type { OrganizationId } from '../../domain/ids'
import type { JsonObject } from '../../domain/json'
import type { AnyNodeType } from '../any-node-type'
import type { StepFilling } from '../contract'
import { timeOf } from '../texts/fill-in'
import { fillingUnfinished, stepFault, unavailable } from '../steps/faults'
import type { LookAgain, References, StepFault, Unavailable } from '../steps/step-run'
import type { PoolOutcome } from '../threads/pool'
import { costing } from './cost'
import type { Answer, Fill } from './job'
import { deadlineOf, heapMb, type NodeThreads } from './threads'

export type ToFill = {
  readonly type: Pick<AnyNodeType, 'node_type' | 'fill'>
  readonly config: JsonObject
  readonly references: References
  readonly step: StepFilling['step']
  /** Organizations have their turns one after another. */
  readonly owner: OrganizationId
  readonly signal: AbortSignal
}

/** A step's texts, filled in. */
export type FillTexts = (wanted: ToFill) => TE.TaskEither<StepFault | Unavailable | LookAgain, unknown>

/** For all texts of a node together. */
const usualMs = 2_000

/** Texts that surely take no longer, as added up beforehand, are filled in where they are asked for. */
const inlineMs = 10

const endOf = (
  outcome: PoolOutcome<Answer>,
  label: string,
  nodeMs: number,
): E.Either<StepFault | Unavailable | LookAgain, unknown> => {
  switch (outcome._tag) {
    case 'Answered':
      return outcome.answer.type === 'fill'
        ? outcome.answer.filled
        : E.left(stepFault('internal_error', { label }, 'another answer'))
    case 'TimedOut':
      return E.left(fillingUnfinished(label, `the texts were not filled in within ${nodeMs} ms`))
    case 'OutOfMemory':
      return E.left(
        stepFault(
          'data.payload_too_large',
          { limit: `${heapMb} MB` },
          'the texts were not filled in within the memory of a thread',
        ),
      )
    case 'Crashed':
      return E.left(stepFault('internal_error', { label }, outcome.tech))
    case 'Aborted':
      return E.left({ _tag: 'LookAgain' })
    case 'NotStarted':
    case 'QueueFull':
    case 'WaitedTooLong':
    case 'Closed':
      return E.left(unavailable({ reason: `no thread for texts: ${outcome._tag}` }))
  }
}

/** Texts that may take long are filled in in these threads, so that they hold up nothing else. */
export const fillingIn =
  (threads: NodeThreads, nodeMs = usualMs): FillTexts =>
  ({ type, config, references, step, owner, signal }) =>
  async () => {
    const cost = costing({ trigger: references.trigger, step: references.step })(config, [])
    if (cost !== undefined && cost <= inlineMs * 1_000)
      return type.fill(config, { references, step, msLeft: timeOf(nodeMs) })
    const fill = JSON.stringify({ node_type: type.node_type, config, label: step.label } satisfies Fill)
    const outcome = await threads.run(
      { type: 'fill', ms: nodeMs, fill, references: JSON.stringify(references) },
      { timeoutMs: deadlineOf(nodeMs), signal, owner },
    )
    return endOf(outcome, step.label, nodeMs)
  }
