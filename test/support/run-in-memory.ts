import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import type { CommandIdReused } from '../../src/domain/command-handler'
import { execution } from '../../src/domain/execution'
import type { ExecutionCommand } from '../../src/domain/execution/commands'
import type { ExecutionRefusal } from '../../src/domain/execution/errors'
import type { ExecutionEvent } from '../../src/domain/execution/events'
import type { Execution, ExecutionState } from '../../src/domain/execution/state'
import { revision } from '../../src/domain/position'
import type { Tell } from '../../src/workflow/execution/tell'

type Told = E.Either<ExecutionRefusal | CommandIdReused, void>

/** A run's stream in memory, decided on by the real decider. */
export const runInMemory = () => {
  const events: Array<ExecutionEvent> = []
  const authors = new Map<string, string>()
  const state = (): ExecutionState => events.reduce(execution.evolve, execution.initialState)
  const run = (): Execution => {
    const now = state()
    if (now.status === 'unborn') throw new Error('the run is not created')
    return now
  }
  const decide = (command: ExecutionCommand): E.Either<ExecutionRefusal, number> =>
    pipe(
      execution.decide(command)(state()),
      E.map((decided) => events.push(...decided) && decided.length),
    )
  const must = (command: ExecutionCommand): void => {
    const told = decide(command)
    if (E.isLeft(told)) throw new Error(`${command.type}: ${told.left._tag}`)
  }
  /** A command that left events is one command when it is given again, by the same author. */
  const toldOnce = (command: ExecutionCommand, key: ReadonlyArray<string | number>, author: string): Told => {
    const id = JSON.stringify([command.type, ...key])
    const before = authors.get(id)
    if (before !== undefined) return before === author ? E.right(undefined) : E.left({ _tag: 'CommandIdReused' })
    return pipe(
      decide(command),
      E.map((made) => {
        if (made > 0) authors.set(id, author)
      }),
    )
  }
  const tell: Tell = (command, { key, author = 'worker' }) =>
    pipe(
      TE.fromIO(() => toldOnce(command, key, author)),
      TE.chainEitherK((told) => told),
      TE.map(() => ({
        state: state(),
        revision: revision(BigInt(events.length - 1)),
        position: { commit: 0n, prepare: 0n },
        repeated: false,
      })),
    )
  return { events, run, tell, must }
}

export type RunInMemory = ReturnType<typeof runInMemory>
