import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import type { Node } from '../../../src/domain/workflow-definition'
import { eventsIn, type HubSpotEvent, isStartedBy } from '../../../src/nodes/hubspot/events'
import { objectTypeOf, pathOfType } from '../../../src/nodes/hubspot/object-type'
import { recordId } from '../../../src/nodes/hubspot/record'
import { connectionId } from '../../support/node-run'

const element = {
  eventId: 100,
  subscriptionId: 7,
  portalId: 4_815_162,
  appId: 2,
  occurredAt: 1_764_000_000_000,
  subscriptionType: 'deal.propertyChange',
  attemptNumber: 0,
  objectId: 123,
  propertyName: 'amount',
  propertyValue: '1500',
  changeSource: 'CRM',
}

const only = (u: object): HubSpotEvent => {
  const [event] = eventsIn([u])
  if (event === undefined) throw new Error('not understood')
  return event
}

const node = (config: object) =>
  ({
    node_id: connectionId as string,
    node_type: 'hubspot',
    label: 'Deal',
    config: { source_connection_id: connectionId, source_object_type: 'deals', ...config },
  }) as unknown as Node

describe('events of HubSpot', () => {
  it('begin a run with what they say', () => {
    expect(only(element)).to.deep.equal({
      portalId: '4815162',
      identity: '4815162 7 100 123 1764000000000',
      objectType: 'deal',
      event: 'propertyChange',
      triggerData: {
        object_id: '123',
        deal_id: '123',
        object_type: 'deal',
        portal_id: '4815162',
        event: 'deal.propertyChange',
        event_id: '100',
        occurred_at: '2025-11-24T16:00:00.000Z',
        property_name: 'amount',
        property_value: '1500',
        change_source: 'CRM',
      },
    })
  })

  it('are the same however often they are sent, and another where one of five differs', () => {
    expect(only({ ...element, attemptNumber: 3, changeSource: 'API' }).identity).to.equal(only(element).identity)
    for (const field of ['eventId', 'subscriptionId', 'portalId', 'objectId', 'occurredAt'] as const)
      expect(only({ ...element, [field]: element[field] + 1 }).identity, field).to.not.equal(only(element).identity)
  })

  it('that are not understood are left out', () => {
    const strange = [null, 1, 'x', [], {}, { ...element, objectId: '123' }, { ...element, occurredAt: 1e300 }]
    expect(eventsIn(strange)).to.deep.equal([])
    expect(eventsIn([...strange, element])).to.have.length(1)
  })

  it('start the workflows of their connection and type of record', () => {
    const event = only(element)
    const starts = (config: object, of = event) => isStartedBy(node(config), connectionId, of)
    for (const source_object_type of ['deal', 'deals', '0-3', 'Deals'])
      expect(starts({ source_object_type })).to.equal(true)
    expect(starts({ source_object_type: 'contact' })).to.equal(false)
    expect(starts({ source_connection_id: '6c1f5a4e-0a52-4a3c-9d39-6d1a9f2f4d11' })).to.equal(false)
    expect(isStartedBy({ ...node({}), node_type: 'manual' }, connectionId, event)).to.equal(false)
    expect(isStartedBy(undefined, connectionId, event)).to.equal(false)
    expect(starts({ trigger_config: { events: ['creation'] } })).to.equal(false)
    expect(starts({ trigger_config: { events: ['creation', 'propertyChange'] } })).to.equal(true)
    for (const gone of ['deal.deletion', 'deal.privacyDeletion', 'deal', ''])
      expect(starts({}, only({ ...element, subscriptionType: gone })), gone).to.equal(false)
    const generic = only({ ...element, subscriptionType: 'object.creation', objectTypeId: '0-3' })
    expect(starts({}, generic)).to.equal(true)
    const own = only({ ...element, subscriptionType: 'object.creation', objectTypeId: '2-9' })
    expect(starts({ source_object_type: '2-9' }, own)).to.equal(true)
  })
})

describe('records of HubSpot', () => {
  it('have one name for each type', () => {
    expect(['deal', 'DEALS', '0-3', 'company', 'companies', '2-9', 'p_car'].map(objectTypeOf)).to.deep.equal([
      'deal',
      'deal',
      'deal',
      'company',
      'company',
      '2-9',
      'p_car',
    ])
    expect(['deal', '0-2', '2-9'].map(pathOfType)).to.deep.equal(['deals', 'companies', '2-9'])
  })

  it('are named by what begins a run', () => {
    expect(recordId('deals', { deal_id: 5 })).to.deep.equal(E.right('5'))
    expect(recordId('deal', { object_id: '7', hs_object_id: '6', deal_id: '5' })).to.deep.equal(E.right('7'))
    expect(recordId('deal', { object_id: null, hs_object_id: '6' })).to.deep.equal(E.right('6'))
    expect(recordId('deal', { contact_id: '5' })).to.nested.include({
      'left.code': 'data.missing_required_field',
      'left.params.fields': 'deal_id',
    })
    for (const deal_id of ['../5', 'a b', {}, [], true, 'x'.repeat(65)])
      expect(recordId('deal', { deal_id })).to.nested.include({ 'left.code': 'data.invalid_format' })
  })
})
