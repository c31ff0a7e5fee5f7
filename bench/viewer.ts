import { get } from 'node:http'
import { createParser } from 'eventsource-parser'
import type { ExecutionId } from '../src/domain/ids'
import type { DemoFile } from '../src/embedded/demo/demo-file'

/** Follows a run's live stream until `signal` aborts; `onFrame` hears the id of each message. */
export const view = (demo: DemoFile, run: ExecutionId, onFrame: (id: string) => void, signal: AbortSignal): void => {
  const parser = createParser({
    onEvent: ({ id }) => {
      if (id !== undefined) onFrame(id)
    },
  })
  const headers = { authorization: `Bearer ${demo.api_key}`, 'x-organization-id': demo.organization_id }
  get(`${demo.url}/api/v1/sse/executions/${run}/stream`, { headers, signal, agent: false }, (response) => {
    response.setEncoding('utf8').on('data', (chunk: string) => {
      parser.feed(chunk)
    })
    response.on('error', () => undefined)
  }).on('error', () => undefined)
}
