import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import type { Decider } from '../../src/domain/decider'

/** given(events).when(command) → then(events) | thenNothing() | thenRejected(refusal) */
export const specificationOf =
  <State, Command, Event, Refusal>({ initialState, evolve, decide }: Decider<State, Command, Event, Refusal>) =>
  (...past: ReadonlyArray<Event>) => ({
    when: (command: Command) => {
      const decision = pipe(past.reduce(evolve, initialState), decide(command))
      const then = (...expected: ReadonlyArray<Event>): void => {
        expect(decision).to.deep.equal(E.right(expected))
      }
      return {
        then,
        thenNothing: () => then(),
        thenRejected: (refusal: Refusal): void => {
          expect(decision).to.deep.equal(E.left(refusal))
        },
        state: (): State =>
          pipe(
            decision,
            E.match(
              (refusal) => expect.fail(`refused: ${JSON.stringify(refusal)}`),
              (events) => [...past, ...events].reduce(evolve, initialState),
            ),
          ),
      }
    },
    state: (): State => past.reduce(evolve, initialState),
  })
