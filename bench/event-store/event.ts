import { randomUUID } from 'node:crypto'
import { jsonEvent } from '@eventstore/db-client'

const data = () => ({
  order: randomUUID(),
  note: 'about as much as a small event holds',
  amounts: [12, 7, 1999],
  paid: true,
})
/** About 220 bytes. */
export const newEvent = () =>
  jsonEvent({ type: 'OrderPlaced', data: data(), metadata: { $correlationId: randomUUID() } })
