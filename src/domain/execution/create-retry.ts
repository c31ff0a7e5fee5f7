import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import { commandHandler, type HandlerError } from '../command-handler'
import type { EventStore, Position, Revision } from '../event-store'
import { CommandId, type CorrelationId, derivedId, type ExecutionId } from '../ids'
import { load } from '../load'
import { EventMetadata } from '../metadata'
import { execution, type ExecutionRefusal, executionStream } from './index'
import { retryOf } from './retry'

/** A run that goes on for another, as it stood when it was created. */
export type RetryCreated = {
  readonly executionId: ExecutionId
  readonly correlationId: CorrelationId
  readonly revision: Revision
  readonly position: Position
}

/**
 * Creates the run that goes on for `id`, from what the log says was asked for: whoever does it, and however often, its events are the same.
 * Undefined when no retry was asked for.
 */
export const createRetry =
  (log: Pick<EventStore, 'append' | 'readStream'>) =>
  (id: ExecutionId): TE.TaskEither<ExecutionRefusal | HandlerError, RetryCreated | undefined> =>
    pipe(
      load(log)(execution)(executionStream(id)),
      TE.chainW(({ state, history }) => {
        const asked = history.find(({ type }) => type === 'ExecutionRetried')
        const metadata = EventMetadata.decode(asked?.metadata)
        const command = state.status === 'unborn' ? undefined : retryOf(state)
        if (asked === undefined || command === undefined || E.isLeft(metadata)) return TE.of(undefined)
        const { $correlationId, actor, organization_id, traceparent } = metadata.right
        return pipe(
          commandHandler(log)(execution)(executionStream(command.execution_id), command, {
            commandId: derivedId(CommandId, command.execution_id, 'create'),
            commandHash: 'retry',
            correlationId: $correlationId,
            causationId: asked.id,
            actor,
            organization: organization_id,
            ...(traceparent === undefined ? {} : { traceparent }),
          }),
          TE.map(({ revision, position }) => ({
            executionId: command.execution_id,
            correlationId: $correlationId,
            revision,
            position,
          })),
        )
      }),
    )
