import * as O from 'fp-ts/Option'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import type { CommandIdReused } from '../../domain/command-handler'
import type { Position, ReadError, Recorded, Revision } from '../../domain/event-store'
import { executionStream } from '../../domain/execution'
import type { CorrelationId, ExecutionId } from '../../domain/ids'
import { type CommandContext, EventMetadata } from '../../domain/metadata'
import type { Reading } from '../owned'

export type Started = {
  readonly executionId: ExecutionId
  readonly correlationId: CorrelationId
  readonly revision: Revision
  readonly position: Position
}

const beginning = (recorded: Recorded | undefined) =>
  pipe(
    O.fromNullable(recorded),
    O.bindTo('first'),
    O.bind('metadata', ({ first }) => O.fromEither(EventMetadata.decode(first.metadata))),
  )

/** How the run began, when this command has begun it. */
export const firstResult =
  (log: Reading) =>
  (executionId: ExecutionId, context: CommandContext): TE.TaskEither<ReadError | CommandIdReused, O.Option<Started>> =>
    pipe(
      log.readStream(executionStream(executionId), { limit: 1 }),
      TE.map(([first]) => beginning(first)),
      TE.chainW(
        O.match(
          () => TE.right(O.none),
          ({ first, metadata }) =>
            metadata.command_hash === context.commandHash
              ? TE.right(
                  O.some({
                    executionId,
                    correlationId: metadata.$correlationId,
                    revision: first.revision,
                    position: first.position,
                  }),
                )
              : TE.left<CommandIdReused>({ _tag: 'CommandIdReused' }),
        ),
      ),
    )
