import type { EventStore, Recorded, Revision, StreamName } from '../domain/event-store'

export type History = Pick<EventStore, 'readStream'>

type Reached = { readonly revision: Revision }

/** How the events of one stream, in order, make a view of it, and facts that stand beside it and never change. */
export type Folding<View extends Reached, Fact> = {
  readonly step: (
    view: View | undefined,
    recorded: Recorded,
  ) => { readonly view: View; readonly facts: ReadonlyArray<Fact> }
  /** Whether hardly anything can come after this. */
  readonly isOver: (view: View) => boolean
  /** The view of a stream as of `revision`, from little more than its newest events. Without it a stream is read again from its first. */
  readonly viewAt?: (store: History, stream: StreamName, revision: Revision) => Promise<View>
}

/** `since` is the revision that the view was at before; what is not newer need not be written. */
export type Folded<View, Fact> = {
  readonly view: View
  readonly facts: ReadonlyArray<Fact>
  readonly since: Revision | undefined
}

export const foldAll = <View extends Reached, Fact>(
  { step }: Folding<View, Fact>,
  view: View | undefined,
  events: ReadonlyArray<Recorded>,
): Folded<View, Fact> | undefined => {
  const [first, ...rest] = events
  if (first === undefined) return undefined
  let at = step(view, first)
  const facts = [...at.facts]
  for (const recorded of rest) {
    at = step(at.view, recorded)
    facts.push(...at.facts)
  }
  return { view: at.view, facts, since: view?.revision }
}

/** The events that come after revision `reached`, each once; 'gap' when one is missing between. */
export const following = (
  reached: Revision | undefined,
  events: ReadonlyArray<Recorded>,
): ReadonlyArray<Recorded> | 'gap' => {
  const fresh: Recorded[] = []
  let next = reached === undefined ? 0n : reached + 1n
  for (const recorded of events) {
    if (recorded.revision < next) continue
    if (recorded.revision > next) return 'gap'
    fresh.push(recorded)
    next += 1n
  }
  return fresh
}
