import * as E from 'fp-ts/Either'
import * as t from 'io-ts'
import type { JsonObject } from '../../domain/json'
import type { Node } from '../../domain/workflow-definition'
import { HubSpotTriggerConfig, startingEvents } from './config'
import { objectTypeOf } from './object-type'

const wholeNumber = new t.Type<number, number, unknown>(
  'number',
  (u): u is number => typeof u === 'number' && Number.isInteger(u),
  (u, c) => (typeof u === 'number' && Number.isInteger(u) ? t.success(u) : t.failure(u, c)),
  t.identity,
)

/** https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide */
const Element = t.intersection([
  t.type({
    eventId: wholeNumber,
    subscriptionId: wholeNumber,
    portalId: wholeNumber,
    occurredAt: wholeNumber,
    subscriptionType: t.string,
    objectId: wholeNumber,
  }),
  t.partial({ objectTypeId: t.string, propertyName: t.string, propertyValue: t.string, changeSource: t.string }),
])

export type HubSpotEvent = {
  readonly portalId: string
  /** Names an event once and for all: `eventId` alone is not unique. */
  readonly identity: string
  readonly objectType: string
  readonly event: string
  /** What begins a run. */
  readonly triggerData: JsonObject
}

const latest = 8_640_000_000_000_000

const eventOf = (u: unknown): ReadonlyArray<HubSpotEvent> => {
  const decoded = Element.decode(u)
  if (E.isLeft(decoded) || Math.abs(decoded.right.occurredAt) > latest) return []
  const { eventId, subscriptionId, portalId, occurredAt, subscriptionType, objectId, ...rest } = decoded.right
  const [of = '', event = ''] = subscriptionType.split('.')
  const objectType = objectTypeOf(of === 'object' ? (rest.objectTypeId ?? '') : of)
  return [
    {
      portalId: String(portalId),
      identity: [portalId, subscriptionId, eventId, objectId, occurredAt].join(' '),
      objectType,
      event,
      triggerData: {
        object_id: String(objectId),
        [`${objectType}_id`]: String(objectId),
        object_type: objectType,
        portal_id: String(portalId),
        event: subscriptionType,
        event_id: String(eventId),
        occurred_at: new Date(occurredAt).toISOString(),
        ...(rest.propertyName === undefined ? {} : { property_name: rest.propertyName }),
        ...(rest.propertyValue === undefined ? {} : { property_value: rest.propertyValue }),
        ...(rest.changeSource === undefined ? {} : { change_source: rest.changeSource }),
      },
    },
  ]
}

/** The events of a delivery; elements that are not understood are left out. */
export const eventsIn = (elements: ReadonlyArray<unknown>): ReadonlyArray<HubSpotEvent> => elements.flatMap(eventOf)

/** Whether a workflow with this first node is started by such an event of this connection. */
export const isStartedBy = (
  first: Node | undefined,
  connectionId: string,
  { objectType, event }: HubSpotEvent,
): boolean => {
  if (first?.node_type !== 'hubspot') return false
  const config = HubSpotTriggerConfig.decode(first.config)
  if (E.isLeft(config) || config.right.source_connection_id !== connectionId) return false
  const { source_object_type, trigger_config: { events = startingEvents } = {} } = config.right
  return objectTypeOf(source_object_type) === objectType && (events as ReadonlyArray<string>).includes(event)
}
