import * as E from 'fp-ts/Either'
import type * as t from 'io-ts'
import { checkedText, exactObject, listOf, oneOf } from '../../domain/exact'
import { ConnectionId } from '../../domain/ids'
import { requiredFields } from '../triggers'

const named = (name: string, example: string) =>
  checkedText(name, 100, (value) =>
    /^[A-Za-z0-9_-]+$/.test(value) ? E.right(value) : E.left(`must be a ${name}, such as ${example}`),
  )

/** Of the events that HubSpot sends of a record; where it is gone there is nothing to make a document of. */
export const startingEvents = ['creation', 'propertyChange', 'associationChange', 'merge', 'restore'] as const

export const HubSpotTriggerConfig = exactObject(
  'HubSpotTriggerConfig',
  {
    source_connection_id: ConnectionId,
    /** `deal`, `contact`, …, or the id of a type of the account's own, such as `2-123456`. */
    source_object_type: named('type of record', 'deal'),
  },
  {
    trigger_config: exactObject(
      'TriggerConfig',
      {},
      {
        /** Fetched of the record; those that HubSpot gives unasked, when there are none. */
        properties: listOf(named("property's internal name", 'dealname'), 100),
        /** Events that start a run; all that may, when there are none. */
        events: listOf(oneOf(...startingEvents), startingEvents.length),
      },
    ),
    /** In the trigger's data, with the record's properties. */
    required_fields: requiredFields,
  },
)
export type HubSpotTriggerConfig = t.TypeOf<typeof HubSpotTriggerConfig>
