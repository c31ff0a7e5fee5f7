/** Where `wanted` stands in sorted texts, or would. */
const placeOf = (sorted: ReadonlyArray<string>, wanted: string): number => {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] ?? '') < wanted) low = middle + 1
    else high = middle
  }
  return low
}

const placesAbove = (path: string): ReadonlyArray<string> =>
  [...path.matchAll(/\./g)].map(({ index }) => path.slice(0, index))

/** Whether a dotted path is one of these, leads to one of these, or lies below one. The more paths there are, the less each costs. */
export const touching = (paths: ReadonlyArray<string>): ((path: string) => boolean) => {
  const known = new Set(paths)
  const sorted = [...known].toSorted()
  return (path) =>
    known.has(path) ||
    (sorted[placeOf(sorted, `${path}.`)] ?? '').startsWith(`${path}.`) ||
    placesAbove(path).some((above) => known.has(above))
}
