/** How long an advance waits for a slot before it is put off, ms. */
const patienceMs = 1_000

type Leave = () => void
type Waiting = { readonly admit: () => void; readonly isOver: () => boolean }

/**
 * Slots for runs at work in one process, shared by organizations: each may take half of what the others leave, so that one whose servers hang leaves
 * room for all. Slots are many, for a run that waits for a server costs hardly anything. Resolves with how to leave, or `full`.
 */
export const stepSlots = (slots: number, waitMs = patienceMs): ((organization: string) => Promise<Leave | 'full'>) => {
  const taken = new Map<string, number>()
  const waiting = new Map<string, Array<Waiting>>()
  let total = 0

  const of = (organization: string): number => taken.get(organization) ?? 0
  const hasRoom = (organization: string): boolean => {
    const own = of(organization)
    return own < Math.max(1, Math.floor((slots - (total - own)) / 2))
  }

  const take = (organization: string): Leave => {
    taken.set(organization, of(organization) + 1)
    total += 1
    return () => {
      total -= 1
      if (of(organization) <= 1) taken.delete(organization)
      else taken.set(organization, of(organization) - 1)
      for (const each of [...waiting.keys()]) admitFrom(each)
    }
  }

  const admitFrom = (organization: string) => {
    const queue = waiting.get(organization) ?? []
    while (queue.length > 0 && hasRoom(organization)) {
      const first = queue.shift()
      if (first !== undefined && !first.isOver()) first.admit()
    }
    if (queue.length === 0) waiting.delete(organization)
  }

  return (organization) => {
    if (hasRoom(organization)) return Promise.resolve(take(organization))
    return new Promise((resolve) => {
      let over = false
      const timer = setTimeout(() => {
        over = true
        resolve('full')
      }, waitMs)
      const admit = () => {
        clearTimeout(timer)
        resolve(take(organization))
      }
      const queue = waiting.get(organization) ?? []
      queue.push({ admit, isOver: () => over })
      waiting.set(organization, queue)
    })
  }
}
