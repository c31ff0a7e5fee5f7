import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as t from 'io-ts'
import { exactObject, text } from '../../domain/exact'
import { dottedPath } from '../texts/dotted-path'
import { requiredFields } from '../triggers'

const fieldMapping = new t.Type<Readonly<Record<string, string>>, unknown>(
  'field_mapping',
  (u): u is Readonly<Record<string, string>> => t.record(t.string, t.string).is(u),
  (u, c) => {
    if (typeof u !== 'object' || u === null || Array.isArray(u)) return t.failure(u, c, 'must be an object')
    const entries = Object.entries(u)
    if (entries.length > 200) return t.failure(u, c, 'must have at most 200 fields')
    const problems = entries.flatMap(([target, source]) => {
      const at = t.appendContext(c, target, dottedPath, source)
      const path = pipe(
        dottedPath.validate(target, at),
        E.chain(() => dottedPath.validate(source, at)),
      )
      return E.isLeft(path) ? path.left : []
    })
    return problems.length > 0 ? t.failures(problems) : t.success(u as Readonly<Record<string, string>>)
  },
  t.identity,
)

export const WebhookConfig = exactObject(
  'WebhookConfig',
  {},
  {
    /** Field of the trigger's data: dotted path in the body that was received. */
    field_mapping: fieldMapping,
    source_object_type: text(100),
    /** In the trigger's data, once the body is mapped. */
    required_fields: requiredFields,
  },
)
export type WebhookConfig = t.TypeOf<typeof WebhookConfig>
