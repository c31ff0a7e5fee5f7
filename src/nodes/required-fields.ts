import { pipe } from 'fp-ts/function'
import * as O from 'fp-ts/Option'
import type { Json } from '../domain/event-store'
import { listOf } from '../domain/exact'
import type { JsonObject } from '../domain/json'
import { dottedPath, valueAt } from './dotted-path'
import type { Facts, Finding } from './node-type'

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
