import * as E from 'fp-ts/Either'
import * as O from 'fp-ts/Option'
import type { Json } from '../../domain/event-store'
import type { JsonObject } from '../../domain/json'
import { valueAt, withValuesAt } from '../texts/dotted-path'
import { WebhookConfig } from './config'

type Mapped = ReadonlyArray<readonly [target: ReadonlyArray<string>, value: Json]>

const mappedIn = (config: JsonObject, body: JsonObject): Mapped => {
  const decoded = WebhookConfig.decode(config)
  const { field_mapping = {} } = E.isRight(decoded) ? decoded.right : {}
  return Object.entries(field_mapping).flatMap(([target, source]): Mapped => {
    const value = valueAt(body, source.split('.'))
    return O.isSome(value) ? [[target.split('.'), value.value]] : []
  })
}

/** The parts of `body` that stand in the trigger's data once more. */
export const webhookMapped = (config: JsonObject, body: JsonObject): ReadonlyArray<Json> =>
  mappedIn(config, body).map(([, value]) => value)

/** The trigger's data: the body as received, with the mapped fields beside it. A source that is absent maps to nothing. */
export const webhookTriggerData = (config: JsonObject, body: JsonObject): JsonObject =>
  withValuesAt(body, mappedIn(config, body))
