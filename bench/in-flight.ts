/** Does `work` `total` times, `width` at a time; how many were done in a second. */
export const inFlight = async (total: number, width: number, work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now()
  let left = total
  const workOn = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      await work()
    }
  }
  await Promise.all(Array.from({ length: width }, workOn))
  return (1000 * total) / (performance.now() - began)
}

/** How long `work` takes, ms, each of `total` times, `width` at a time. */
export const timesOf = async (
  total: number,
  width: number,
  work: () => Promise<unknown>,
): Promise<ReadonlyArray<number>> => {
  const times: number[] = []
  await inFlight(total, width, async () => {
    const began = performance.now()
    await work()
    times.push(performance.now() - began)
  })
  return times
}
