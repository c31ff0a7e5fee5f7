import type { Recorded } from '../../domain/event-store'

/** Sum of the lengths of all texts and names, 8 for every other value: near enough to bound memory, much cheaper than encoding. */
export const roughBytes = (value: unknown): number => {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return 8
  let sum = 8
  for (const [key, item] of Object.entries(value)) sum += key.length + roughBytes(item)
  return sum
}

export const bytesOfEvent = ({ data, metadata }: Recorded): number => 200 + roughBytes(data) + roughBytes(metadata)
