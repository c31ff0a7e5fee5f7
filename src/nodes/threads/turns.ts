/** Whoever has not had a turn for the longest has the next one; so many are remembered. */
const mostRemembered = 1_000

export type Turns = {
  /** Of those who wait, in their order of arrival, the place of the one whose turn it is; -1 of none. */
  readonly next: (owners: ReadonlyArray<string>) => number
}

/** Turns that go round: one owner's many jobs do not keep another's one waiting. */
export const turns = (): Turns => {
  const last = new Map<string, number>()
  let turn = 0
  const take = (owner: string): void => {
    last.delete(owner)
    last.set(owner, (turn += 1))
    const [oldest] = last.keys()
    if (last.size > mostRemembered && oldest !== undefined) last.delete(oldest)
  }
  return {
    next: (owners) => {
      const at = owners.reduce(
        (best, owner, i) => (best < 0 || (last.get(owner) ?? 0) < (last.get(owners[best] ?? '') ?? 0) ? i : best),
        -1,
      )
      const owner = owners[at]
      if (owner !== undefined) take(owner)
      return at
    },
  }
}
