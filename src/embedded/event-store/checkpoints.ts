/** When a filtered subscription says how far it has looked. Positions rise strictly. */
export interface Checkpoints {
  /** Call for each considered event, after it was sent if it matched: the position to report, if any. */
  readonly considered: (position: bigint) => bigint | undefined
  /** The position to report when catch-up ends, if any. */
  readonly caughtUp: () => bigint | undefined
}

export const createCheckpoints = (interval: number): Checkpoints => {
  let sinceLast = 0
  let last = 0n
  return {
    considered: (position) => {
      sinceLast += 1
      last = position
      if (sinceLast < interval) return undefined
      sinceLast = 0
      return position
    },
    caughtUp: () => {
      if (sinceLast === 0) return undefined
      sinceLast = 0
      return last
    },
  }
}

export const noCheckpoints: Checkpoints = { considered: () => undefined, caughtUp: () => undefined }
