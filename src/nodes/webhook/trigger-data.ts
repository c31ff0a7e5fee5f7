import * as O from 'fp-ts/Option'
import type { JsonObject } from '../../domain/json'
import { valueAt, withValuesAt } from '../dotted-path'
import { WebhookConfig } from './config'

const mapped = ({ field_mapping = {} }: WebhookConfig, body: JsonObject): JsonObject =>
  withValuesAt(
    body,
    Object.entries(field_mapping).flatMap(([target, source]) => {
      const value = valueAt(body, source.split('.'))
      return O.isSome(value) ? [[target.split('.'), value.value]] : []
    }),
  )

/** The trigger's data: the body as received, with the mapped fields beside it. A source that is absent maps to nothing. */
export const webhookTriggerData = (config: JsonObject, body: JsonObject): JsonObject => {
  const decoded = WebhookConfig.decode(config)
  return decoded._tag === 'Right' ? mapped(decoded.right, body) : body
}
