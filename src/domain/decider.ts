import type { DomainEvent } from './domain-event'
import type * as E from 'fp-ts/Either'
import type { EventCodec } from './codec'

/**
 * Chassaing's decider. `decide` is total, takes time and ids from the command, and is silent on repeats (`right([])`);
 * `evolve` never refuses.
 */
export type Decider<State, Command, Event, Refusal> = {
  readonly initialState: State
  readonly evolve: (state: State, event: Event) => State
  readonly decide: (command: Command) => (state: State) => E.Either<Refusal, ReadonlyArray<Event>>
}

export type Aggregate<State, Command, Event extends DomainEvent, Refusal> = Decider<State, Command, Event, Refusal> & {
  readonly category: string
  readonly codec: EventCodec<Event>
  /** Whether the state after this event follows from it alone, so that nothing before it need be read. Without it streams are read whole. */
  readonly isWhole?: (event: Event) => boolean
}
