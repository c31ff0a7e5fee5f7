import { clientOf } from '../test/support/client'
import { atMost } from './aim'
import { timesOf } from './in-flight'
import type { Part } from './part'
import { ms, row, spreadOf } from './row'
import { spread } from './spread'

/** Commands that are not counted: programs that have just started are compiled while they run. */
const warmUp = 200

/** POST of a run until its 201. */
export const commands: Part = async ({ product, repeats, print }) => {
  const client = clientOf(product)
  const accepted = async (count: number, callers: number) => spread(await timesOf(count, callers, client.start))
  await accepted(repeats(warmUp), 1)
  const one = await accepted(repeats(500), 1)
  const ofOne = [atMost(one.p50, 10, ms), atMost(one.p99, 40, ms)]
  print(row('command accepted, 1 caller', spreadOf(one), ...ofOne))
  const eight = await accepted(repeats(400), 8)
  print(row('command accepted, 8 callers', spreadOf(eight), atMost(eight.p50, 40, ms)))
}
