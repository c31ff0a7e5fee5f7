import { createParser, type EventSourceMessage } from 'eventsource-parser'

export type Opened = {
  readonly status: number
  readonly headers: Headers
  /** The bytes so far, as text. */
  readonly text: () => string
  readonly events: ReadonlyArray<EventSourceMessage>
  readonly retries: ReadonlyArray<number>
  readonly faults: ReadonlyArray<string>
  readonly done: () => boolean
  /** Ids in the order of arrival. */
  readonly ids: () => ReadonlyArray<string>
  readonly close: () => void
}

/** Opens a stream and reads it with the reference parser. */
export const open = async (url: string, headers: Readonly<Record<string, string>> = {}): Promise<Opened> => {
  const over = new AbortController()
  const response = await fetch(url, {
    headers: { Authorization: 'admin', Accept: 'text/event-stream', ...headers },
    signal: over.signal,
  })
  const events: EventSourceMessage[] = []
  const retries: number[] = []
  const faults: string[] = []
  let text = ''
  let done = false
  const parser = createParser({
    onEvent: (event) => events.push(event),
    onRetry: (ms) => retries.push(ms),
    onError: (error) => faults.push(error.message),
  })
  const read = async () => {
    const decoder = new TextDecoder('utf-8', { fatal: true })
    try {
      for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
        const part = decoder.decode(chunk, { stream: true })
        text += part
        parser.feed(part)
      }
    } catch (error) {
      if (!over.signal.aborted) faults.push(String(error))
    }
    done = true
  }
  void read()
  return {
    status: response.status,
    headers: response.headers,
    text: () => text,
    events,
    retries,
    faults,
    done: () => done,
    ids: () => events.flatMap(({ id }) => (id === undefined ? [] : [id])),
    close: () => over.abort(),
  }
}
