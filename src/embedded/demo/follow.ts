import { setTimeout as pause } from 'node:timers/promises'
import { createParser } from 'eventsource-parser'
import { Trouble } from '../trouble'

export type LiveMessage = {
  readonly event_type: string
  readonly status: string
  readonly progress: number
  readonly current_step: { readonly index: number; readonly label: string } | null
  readonly data: Readonly<Record<string, unknown>>
}

type Seen = { id: string | undefined; ended: boolean; retryMs: number; silent: number }

/** How often in a row a connection may bring nothing. */
const silentAtMost = 20

const parserFor = (seen: Seen, show: (message: LiveMessage) => void) =>
  createParser({
    onRetry: (ms) => (seen.retryMs = ms),
    onEvent: ({ id, event, data }) => {
      if (event === 'end') seen.ended = true
      if (id === undefined) return
      seen.id = id
      seen.silent = 0
      show(JSON.parse(data) as LiveMessage)
    },
  })

/** Reads one connection to its end or its loss. */
const read = async (
  url: string,
  headers: Readonly<Record<string, string>>,
  seen: Seen,
  show: (message: LiveMessage) => void,
): Promise<void> => {
  const resume = seen.id === undefined ? {} : { 'last-event-id': seen.id }
  const response = await fetch(url, { headers: { ...headers, ...resume, accept: 'text/event-stream' } }).catch(
    () => undefined,
  )
  if (response === undefined || response.status >= 500) return
  if (response.status === 204) seen.ended = true
  else if (!response.ok || response.body === null)
    throw new Trouble(`The live stream was refused with ${response.status}.`, url)
  else {
    const parser = parserFor(seen, show)
    try {
      for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) parser.feed(chunk)
    } catch {
      // Cut off: the next connection goes on after the last event.
    }
  }
}

/**
 * Follows a run's live stream to its end, reconnecting after the last event seen. Answers the revision of that event: ids are
 * `<revision + 1>-<n>`.
 */
export const follow = async (
  url: string,
  headers: Readonly<Record<string, string>>,
  show: (message: LiveMessage) => void,
): Promise<bigint> => {
  const seen: Seen = { id: undefined, ended: false, retryMs: 1_000, silent: 0 }
  while (seen.silent <= silentAtMost) {
    seen.silent += 1
    await read(url, headers, seen, show)
    if (seen.ended && seen.id !== undefined) return BigInt(seen.id.replace(/-.*/, '')) - 1n
    await pause(seen.retryMs)
  }
  throw new Trouble('The live stream says nothing any more.', url)
}
