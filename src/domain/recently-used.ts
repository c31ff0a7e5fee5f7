/** Values that were used last, up to a total weight. */
export type RecentlyUsed<Key, Value> = {
  readonly get: (key: Key) => Value | undefined
  readonly keep: (key: Key, value: Value) => void
  readonly drop: (key: Key) => void
  readonly clear: () => void
}

/** Keeps values up to about `capacity` by `weigh`, the least recently used one goes first. */
export const recentlyUsed = <Key, Value>(
  capacity: number,
  weigh: (value: Value) => number,
): RecentlyUsed<Key, Value> => {
  const kept = new Map<Key, { readonly value: Value; readonly weight: number }>()
  let weight = 0
  const drop = (key: Key) => {
    weight -= kept.get(key)?.weight ?? 0
    kept.delete(key)
  }
  return {
    get: (key) => {
      const entry = kept.get(key)
      if (entry === undefined) return undefined
      kept.delete(key)
      kept.set(key, entry)
      return entry.value
    },
    keep: (key, value) => {
      drop(key)
      const entry = { value, weight: weigh(value) }
      kept.set(key, entry)
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
