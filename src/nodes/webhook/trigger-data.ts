import { pipe } from 'fp-ts/function'
import * as O from 'fp-ts/Option'
import type { JsonObject } from '../../domain/json'
import { valueAt, withValueAt } from '../dotted-path'
import { WebhookConfig } from './config'

const mapped = ({ field_mapping = {} }: WebhookConfig, body: JsonObject): JsonObject =>
  Object.entries(field_mapping).reduce(
    (data, [target, source]) =>
      pipe(
        valueAt(body, source.split('.')),
        O.match(
          () => data,
          (value) => withValueAt(data, target.split('.'), value),
        ),
      ),
    body,
  )

/** The trigger's data: the body as received, with the mapped fields beside it. A source that is absent maps to nothing. */
export const webhookTriggerData = (config: JsonObject, body: JsonObject): JsonObject => {
  const decoded = WebhookConfig.decode(config)
  return decoded._tag === 'Right' ? mapped(decoded.right, body) : body
}
