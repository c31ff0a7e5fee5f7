import { createParser } from 'eventsource-parser'

export type LiveMessage = {
  readonly event_type: string
  readonly status: string
  readonly progress: number
  readonly current_step: { readonly index: number; readonly label: string } | null
  readonly data: Readonly<Record<string, unknown>>
}

const reconnectsAtMost = 100

/** Follows a run's live stream to its end, reconnecting after the last event seen. */
export const follow = async (
  url: string,
  headers: Readonly<Record<string, string>>,
  show: (message: LiveMessage) => void,
): Promise<void> => {
  const seen: { last?: string; end: boolean } = { end: false }
  const parser = createParser({
    onEvent: ({ id, event, data }) => {
      if (event === 'end') seen.end = true
      if (id === undefined) return
      seen.last = id
      show(JSON.parse(data) as LiveMessage)
    },
  })
  for (let i = 0; i < reconnectsAtMost && !seen.end; i += 1) {
    const resume = seen.last === undefined ? {} : { 'last-event-id': seen.last }
    const response = await fetch(url, { headers: { ...headers, ...resume, accept: 'text/event-stream' } })
    if (response.status === 204) return
    if (!response.ok || response.body === null) throw new Error(`${url} was answered with ${response.status}`)
    parser.reset()
    const text = response.body.pipeThrough(new TextDecoderStream())
    try {
      for await (const chunk of text) parser.feed(chunk)
    } catch {
      continue
    }
  }
}
