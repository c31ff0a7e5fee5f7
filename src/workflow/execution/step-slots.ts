/** How long an advance waits for a slot before it is put off, ms. */
const patienceMs = 1_000
/** A run that is put off comes back after so long, ms: not so soon that asking costs more than working, nor so late that slots stand empty. */
const soonestMs = 1_000
const latestMs = 30_000

type Leave = () => void
/** The organization has its share: come back after `putOffMs`. */
export type Full = { readonly putOffMs: number }
type Waiting = { readonly admit: () => void }

/** What one organization has in this process: those at work, who waits, when those are due that were put off, and how long one lately held its slot. */
type Share = {
  readonly atWork: Set<{ readonly since: number }>
  readonly queue: Waiting[]
  due: ReadonlyArray<number>
  usualMs: number
}

const seatsOf = (slots: number): number => Math.max(1, Math.floor(slots / 4))

/** How many runs of all organizations are at work or wait for a slot, at most, as long as there are more slots than organizations. */
export const mostInside = (slots: number): number => slots + seatsOf(slots)

/** An organization has at most half of what the others leave, and one at least. */
const shareOf = (of: number, taken: number, own: number): number => Math.max(1, Math.floor((of - (taken - own)) / 2))

/** How long a run holds its slot: as lately, or as long as those at work hold theirs already, for a server that hangs lets nobody leave. */
const holdMs = ({ atWork, usualMs }: Share, now: number): number => {
  const ages = [...atWork].map(({ since }) => now - since)
  return Math.max(usualMs, ages.reduce((sum, age) => sum + age, 0) / Math.max(1, ages.length))
}

/** Spread by a quarter, so that those put off together do not come back together. */
const turnMs = (share: Share, now: number): number => {
  const ahead = share.queue.length + share.due.length
  const turn = (ahead * holdMs(share, now)) / Math.max(1, share.atWork.size)
  return Math.round(Math.min(latestMs, Math.max(soonestMs, turn)) * (0.75 + Math.random() / 2))
}

/**
 * Slots for runs at work in one process, shared by organizations: each may take half of what the others leave, so that one whose servers hang leaves
 * room for all. Slots are many, for a run that waits for a server costs hardly anything. A few may wait for a slot, shared in the same way; the others
 * are put off until their turn. Resolves with how to leave, or with when to come back.
 */
export const stepSlots = (
  slots: number,
  waitMs = patienceMs,
  now: () => number = () => performance.now(),
): ((organization: string) => Promise<Leave | Full>) => {
  const shares = new Map<string, Share>()
  let atWork = 0
  let waiting = 0

  const shareFor = (organization: string): Share => {
    const share = shares.get(organization) ?? { atWork: new Set(), queue: [], due: [], usualMs: 0 }
    shares.set(organization, share)
    return share
  }
  const forgetDue = (share: Share) => {
    share.due = share.due.filter((at) => at > now())
  }
  const hasRoom = ({ atWork: own }: Share): boolean => own.size < shareOf(slots, atWork, own.size)
  const hasSeat = ({ queue }: Share): boolean => queue.length < shareOf(seatsOf(slots), waiting, queue.length)

  const take = (share: Share): Leave => {
    const mine = { since: now() }
    share.atWork.add(mine)
    atWork += 1
    return () => {
      share.atWork.delete(mine)
      atWork -= 1
      share.usualMs += (now() - mine.since - share.usualMs) / 8
      for (const [organization, each] of shares) {
        while (hasRoom(each) && each.queue.length > 0) each.queue[0]?.admit()
        forgetDue(each)
        if (each.atWork.size + each.queue.length + each.due.length === 0) shares.delete(organization)
      }
    }
  }

  const putOff = (share: Share): Full => {
    forgetDue(share)
    const putOffMs = turnMs(share, now())
    share.due = [...share.due, now() + putOffMs]
    return { putOffMs }
  }

  const wait = (share: Share): Promise<Leave | Full> =>
    new Promise((resolve) => {
      const stand = () => {
        clearTimeout(timer)
        share.queue.splice(share.queue.indexOf(mine), 1)
        waiting -= 1
      }
      const mine = {
        admit: () => {
          stand()
          resolve(take(share))
        },
      }
      const timer = setTimeout(() => {
        stand()
        resolve(putOff(share))
      }, waitMs)
      share.queue.push(mine)
      waiting += 1
    })

  return (organization) => {
    const share = shareFor(organization)
    if (hasRoom(share)) return Promise.resolve(take(share))
    return hasSeat(share) ? wait(share) : Promise.resolve(putOff(share))
  }
}
