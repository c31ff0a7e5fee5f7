import type { clientOf } from '../test/support/client'
import { type Spread, spread } from './spread'

type Client = ReturnType<typeof clientOf>

/** POST of a run until its 201, `callers` at a time. */
export const commandTimes = async (client: Client, total: number, callers: number): Promise<Spread> => {
  const times: number[] = []
  let left = total
  const call = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      const began = performance.now()
      await client.start()
      times.push(performance.now() - began)
    }
  }
  await Promise.all(Array.from({ length: callers }, call))
  return spread(times)
}

/** From the POST until the stream says that the run is completed. */
export const wholeRun = async (client: Client, times: number): Promise<Spread> => {
  const durations: number[] = []
  for (let i = 0; i < times; i += 1) {
    const began = performance.now()
    await client.follow(await client.start())
    durations.push(performance.now() - began)
  }
  return spread(durations)
}
