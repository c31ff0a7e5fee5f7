import type { StreamName } from '../domain/event-store'

/** Views of streams that were last written, so that their next event needs no re-reading. */
export type Views<View> = {
  readonly get: (stream: StreamName) => View | undefined
  readonly keep: (stream: StreamName, view: View) => void
  readonly drop: (stream: StreamName) => void
  readonly clear: () => void
}

type Kept<View> = { readonly view: View; readonly weight: number }

/** Keeps those used last, up to about `capacity` bytes as JSON. */
export const views = <View>(capacity: number, weigh: (view: View) => number): Views<View> => {
  const kept = new Map<StreamName, Kept<View>>()
  let weight = 0
  const drop = (stream: StreamName) => {
    weight -= kept.get(stream)?.weight ?? 0
    kept.delete(stream)
  }
  return {
    get: (stream) => kept.get(stream)?.view,
    keep: (stream, view) => {
      drop(stream)
      const entry = { view, weight: weigh(view) }
      kept.set(stream, entry)
      weight += entry.weight
      for (const oldest of kept.keys()) {
        if (weight <= capacity) break
        drop(oldest)
      }
    },
    drop,
    clear: () => {
      kept.clear()
      weight = 0
    },
  }
}
