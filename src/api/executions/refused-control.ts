import type * as T from 'fp-ts/Task'
import { commandHandler } from '../../domain/command-handler'
import { execution, executionStream } from '../../domain/execution'
import { acceptedIn, type Control } from '../../domain/execution/next'
import type { Execution } from '../../domain/execution/state'
import { CommandId, derivedId, type ExecutionId } from '../../domain/ids'
import type { CommandContext } from '../../domain/metadata'
import type { Commanding } from '../deps'
import type { ApiError } from '../error'
import { problemOf } from '../problem/problem'

const refusals = [
  'ControlNotPossible',
  'OutcomeDecisionNeeded',
  'RepeatDecisionNeeded',
  'RetriedAlready',
  'RetryNotPossible',
  'StepNotReusable',
  'WorkflowNotActive',
] as const satisfies ReadonlyArray<ApiError['_tag']>
export type RefusedControl = Extract<ApiError, { readonly _tag: (typeof refusals)[number] }>

/** A control that was understood, and that the run's state does not allow. */
export const isRefusedControl = (error: ApiError): error is RefusedControl =>
  (refusals as ReadonlyArray<string>).includes(error._tag)

/** A run that has heard of a cancel accepts less than its status says. */
export const withAccepted =
  ({ requested, status }: Execution) =>
  (error: ApiError): ApiError => {
    if (error._tag !== 'ControlNotAccepted' && error._tag !== 'ExecutionAlreadyEnded') return error
    const heard = error.status === status ? requested?.control : undefined
    return { _tag: 'ControlNotPossible', status: error.status, accepted: acceptedIn(error.status, heard) }
  }

/** That somebody tried stands in the log; the answer does not depend on whether it got there. */
export const recordRefusal =
  (store: Commanding['store'], control: Control, id: ExecutionId, context: CommandContext) =>
  (error: RefusedControl): T.Task<unknown> =>
    commandHandler(store)(execution)(
      executionStream(id),
      { type: 'RecordRefusedControl', control, code: problemOf(error).code },
      { ...context, commandId: derivedId(CommandId, context.commandId, 'refused') },
    )
