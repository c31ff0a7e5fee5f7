import type { Part } from '../part'
import { apiLoop } from './api-loop'
import { processor } from './processor'

/** What checks before a run cost, and whether hard ones hold up the API. */
export const preflight: Part = async (bench) => {
  await processor(bench)
  await apiLoop(bench)
}
