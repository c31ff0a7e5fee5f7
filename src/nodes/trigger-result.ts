import type { JsonObject } from '../domain/json'
import type { StepResult } from './step-run'

/** Source data is in the run's own beginning too; a second copy of more would not fit beside it. */
const largestCopy = 131_072

const idOf = (trigger: JsonObject): JsonObject => {
  const id = trigger['source_object_id']
  return typeof id === 'string' || typeof id === 'number' ? { source_object_id: String(id) } : {}
}

const typeOf = (trigger: JsonObject, otherwise: string): string => {
  const type = trigger['source_object_type']
  return typeof type === 'string' ? type : otherwise
}

/** What began the run, for later steps to refer to. */
export const triggerResult = (trigger: JsonObject, objectType: string): StepResult => ({
  output: { ...idOf(trigger), source_object_type: typeOf(trigger, objectType) },
  personal: JSON.stringify(trigger).length <= largestCopy ? { source_data: trigger } : {},
})
