import { pipe } from 'fp-ts/function'
import * as O from 'fp-ts/Option'
import type { Json } from '../domain/event-store'
import { listOf } from '../domain/exact'
import type { Execution } from '../domain/execution/state'
import { JsonObject } from '../domain/json'
import type { Facts, Finding } from './contract'
import type { StepResult } from './steps/step-run'
import { dottedPath, valueAt } from './texts/dotted-path'

/** Fields that the trigger's data must have, as dotted paths. */
export const requiredFields = listOf(dottedPath, 100)

const isBlank = (value: Json): boolean => value === null || (typeof value === 'string' && value.trim() === '')

const isMissing =
  (trigger: JsonObject) =>
  (path: string): boolean =>
    pipe(
      valueAt(trigger, path.split('.')),
      O.match(() => true, isBlank),
    )

/** Absent, null or blank: all of them together, in one finding. */
export const checkRequiredFields = (
  { required_fields = [] }: { readonly required_fields?: ReadonlyArray<string> },
  { trigger }: Facts,
): ReadonlyArray<Finding> => {
  const missing = required_fields.filter(isMissing(trigger))
  const fields = missing.join(', ')
  return missing.length === 0
    ? []
    : [
        {
          code: 'data.missing_required_field',
          params: { count: missing.length, fields },
          tech: `the trigger's data lack ${fields}`,
          pointers: missing.map((path) => `/required_fields/${required_fields.indexOf(path)}`),
        },
      ]
}

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

/** What a trigger looked up where its data stand is in the log from then on, beside what began the run: what was given there comes first. */
export const lookedUpResult = (source: JsonObject, id: string, objectType: string): StepResult => ({
  output: { source_object_type: objectType, looked_up: true },
  personal: { source_object_id: id, source_data: source },
})

/** What `{{trigger.<path>}}` stands for in a run. */
export const triggerOf = ({ triggerData, steps }: Pick<Execution, 'triggerData' | 'steps'>): JsonObject => {
  const { looked_up, source_data } = steps[0]?.output ?? {}
  return looked_up === true && JsonObject.is(source_data) ? { ...source_data, ...triggerData } : triggerData
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
