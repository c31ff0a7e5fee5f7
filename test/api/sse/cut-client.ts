import { request } from 'node:http'
import { createParser } from 'eventsource-parser'

export type CutClient = {
  readonly ids: ReadonlyArray<string>
  /** The stream told it that there is nothing more to come. */
  readonly ended: () => boolean
  readonly connections: () => number
  readonly faults: ReadonlyArray<string>
  readonly stop: () => void
}

/**
 * One client over many connections: the n-th is cut after `budgets[n]` bytes of its body, those after the last are not. It comes back at once with the id of the
 * last event that it took in whole.
 */
export const cutClient = (url: string, budgets: ReadonlyArray<number>): CutClient => {
  const ids: string[] = []
  const faults: string[] = []
  let connections = 0
  let ended = false
  let stopped = false
  let drop: () => void = () => undefined

  const connect = () => {
    if (stopped || ended) return
    let budget = budgets[connections] ?? Infinity
    connections += 1
    const parser = createParser({
      onEvent: ({ event, id }) => {
        if (event === 'end') ended = true
        if (id !== undefined) ids.push(id)
      },
      onError: ({ message }) => faults.push(message),
    })
    const last = ids.at(-1)
    const headers = { Authorization: 'admin', ...(last === undefined ? {} : { 'Last-Event-ID': last }) }
    const asked = request(url, { headers, agent: false }, (response) => {
      if (response.statusCode === 204) ended = true
      else if (response.statusCode !== 200) faults.push(`status ${response.statusCode}`)
      response.on('data', (chunk: Buffer) => {
        const part = chunk.subarray(0, budget)
        budget -= part.length
        parser.feed(part.toString('latin1'))
        if (budget <= 0) asked.destroy()
      })
    })
    drop = () => asked.destroy()
    asked.on('error', () => undefined).on('close', () => setImmediate(connect))
    asked.end()
  }
  connect()
  return {
    ids,
    faults,
    ended: () => ended,
    connections: () => connections,
    stop: () => {
      stopped = true
      drop()
    },
  }
}
