import type { JsonObject } from '../domain/json'
import type { StepResult } from './step-run'

/** Source data is in the run's own beginning too; a second copy of more would not fit beside it. */
const largestCopy = 131_072

const longestName = 255

const named = (trigger: JsonObject, field: string): JsonObject => {
  const value = trigger[field]
  return typeof value === 'string' || typeof value === 'number'
    ? {
        [field]: String(value)
          .slice(0, longestName)
          .replace(/\p{Surrogate}$/u, ''),
      }
    : {}
}

/** What began the run, for later steps to refer to. What the sender chose may name people. */
export const triggerResult = (trigger: JsonObject, objectType: string): StepResult => ({
  output: { source_object_type: objectType },
  personal: {
    ...named(trigger, 'source_object_id'),
    ...named(trigger, 'source_object_type'),
    ...(JSON.stringify(trigger).length <= largestCopy ? { source_data: trigger } : {}),
  },
})
