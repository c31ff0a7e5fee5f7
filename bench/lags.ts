import { setTimeout as pause } from 'node:timers/promises'
import { liveLags } from './live'
import type { Part } from './part'
import { row, spreadOf } from './row'

const settleMs = 3_000

/** From an append until it can be read, and until a viewer has it. */
export const lags: Part = async ({ product, repeats, print }) => {
  for (const rate of [20, 200]) {
    await pause(settleMs)
    const { row: rows, frame, perSecond } = await liveLags(product, rate, repeats(15))
    const at = `${rate} events/s (reached ${perSecond.toFixed(0)})`
    print(row(`append to row visible, ${at}`, spreadOf(rows)))
    print(row(`append to SSE frame, ${at}`, spreadOf(frame)))
  }
}
