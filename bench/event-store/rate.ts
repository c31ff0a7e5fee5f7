import { spread, type Spread } from '../spread'

export type Rate = Spread & { readonly callers: number; readonly perSecond: number }

/** Each caller does the work again and again, one at a time, until the time is over. */
export const repeat = async (
  callers: number,
  seconds: number,
  work: (caller: number) => Promise<unknown>,
): Promise<Rate> => {
  const took: number[] = []
  const start = performance.now()
  const until = start + seconds * 1000
  const caller = async (index: number) => {
    for (let from = performance.now(); from < until; from = performance.now()) {
      await work(index)
      took.push(performance.now() - from)
    }
  }
  await Promise.all(Array.from({ length: callers }, (_, index) => caller(index)))
  return { callers, perSecond: (took.length * 1000) / (performance.now() - start), ...spread(took) }
}

/** How many a second, when `work` answers how many it did. */
export const perSecond = async (work: () => Promise<number>): Promise<number> => {
  const start = performance.now()
  const count = await work()
  return (count * 1000) / (performance.now() - start)
}
