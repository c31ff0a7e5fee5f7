import type { Part } from '../part'
import { apiLoop } from './api-loop'
import { probed } from './probed'
import { processor } from './processor'

/** What checks before a run cost, how long a verdict takes, and whether hard ones hold up the API. */
export const preflight: Part = async (bench) => {
  await processor(bench)
  await probed(bench)
  await apiLoop(bench)
}
