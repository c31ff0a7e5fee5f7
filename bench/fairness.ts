import { slowNeighbour } from '../test/support/slow-neighbour'
import { atMost, times } from './aim'
import { timesOf } from './in-flight'
import type { Part } from './part'
import { row, spreadOf } from './row'
import { spread } from './spread'

/** A run of one organization, alone and while another has 200 runs at a mail server that does not answer. */
export const fairness: Part = async ({ product, repeats, print }) => {
  const neighbour = await slowNeighbour(product)
  try {
    await neighbour.run()
    const alone = spread(await timesOf(repeats(20), 1, neighbour.run))
    await neighbour.crowd(200, 60)
    const beside = spread(await timesOf(repeats(20), 1, neighbour.run))
    print(row('run of one e-mail, alone', spreadOf(alone)))
    print(row('the same beside 200 runs of another that hang', spreadOf(beside)))
    const ratio = beside.p50 / alone.p50
    print(row('beside / alone, p50', [times(ratio)], atMost(ratio, 2, times)))
  } finally {
    await neighbour.stop()
  }
}
