import * as O from 'fp-ts/Option'
import { pipe } from 'fp-ts/function'
import type * as TE from 'fp-ts/TaskEither'
import { commandHandler, type Handled, type HandlerError } from '../../domain/command-handler'
import type { EventStore } from '../../domain/event-store'
import { execution, executionStream } from '../../domain/execution'
import type { ExecutionCommand } from '../../domain/execution/commands'
import type { ExecutionRefusal } from '../../domain/execution/errors'
import type { Execution, ExecutionState } from '../../domain/execution/state'
import { CommandId, derivedId } from '../../domain/ids'
import type { Loaded } from '../../domain/load'
import { type CommandContext, EventMetadata } from '../../domain/metadata'

export type Log = Pick<EventStore, 'append' | 'readStream'>

/** `key` says which time this is, so that the same attempt made twice is one command; `author` is compared, so that another's is noticed. */
export type Which = { readonly key: ReadonlyArray<string | number>; readonly author?: string }
export type Tell = (
  command: ExecutionCommand,
  which: Which,
) => TE.TaskEither<ExecutionRefusal | HandlerError, Handled<ExecutionState>>

const contextOf = (run: Loaded<Execution>, commandId: CommandId, author: string): CommandContext => {
  const first = pipe(
    O.fromNullable(run.history[0]),
    O.chain(({ metadata }) => O.fromEither(EventMetadata.decode(metadata))),
    O.toUndefined,
  )
  if (first === undefined) throw new Error(`run ${run.state.executionId} has no readable metadata`)
  return {
    commandId,
    commandHash: author,
    correlationId: first.$correlationId,
    causationId: run.history.at(-1)?.id ?? commandId,
    actor: { type: 'system', id: 'workflow' },
    organization: first.organization_id,
    ...(first.traceparent === undefined ? {} : { traceparent: first.traceparent }),
  }
}

/** Commands of a worker to its run. */
export const tell =
  (log: Log) =>
  (run: Loaded<Execution>): Tell =>
  (command, { key, author = 'worker' }) =>
    commandHandler(log)(execution)(
      executionStream(run.state.executionId),
      command,
      contextOf(run, derivedId(CommandId, run.state.executionId, command.type, ...key.map(String)), author),
    )
