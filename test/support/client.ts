import { randomUUID } from 'node:crypto'
import * as E from 'fp-ts/Either'
import { createParser } from 'eventsource-parser'
import { ExecutionId } from '../../src/domain/ids'
import type { Product } from './product'
import { until } from './until'

type Json = Readonly<Record<string, unknown>>
export type Frame = { readonly id: string | undefined; readonly event: string | undefined; readonly data: string }
export type Mail = {
  readonly id: string
  readonly subject: string
  readonly envelope: { readonly to: ReadonlyArray<string> }
  readonly attachments: ReadonlyArray<{ readonly filename: string; readonly sha256: string }>
}

/** The product as its users see it: HTTP, the live stream, a mailbox. */
export const clientOf = ({ demo, mailUrl }: Pick<Product, 'demo' | 'mailUrl'>) => {
  const headers = { authorization: `Bearer ${demo.api_key}`, 'x-organization-id': demo.organization_id }
  const base = `${demo.url}/api/v1`

  const get = async (path: string): Promise<Json> => {
    const response = await fetch(base + path, { headers })
    if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as Json
  }
  const post = (path: string, body: object, key: string = randomUUID()): Promise<Response> =>
    fetch(base + path, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify(body),
    })

  const start = async (trigger: object = {}): Promise<ExecutionId> => {
    const trigger_data = { ...(demo.trigger_data as object), ...trigger }
    const response = await post(`/workflows/${demo.workflow_id}/executions`, { trigger_data })
    const answer = (await response.json()) as Json
    const id = ExecutionId.decode(answer['execution_id'])
    if (E.isLeft(id)) throw new Error(`not started: ${response.status} ${JSON.stringify(answer)}`)
    return id.right
  }

  /** Every frame until the stream's end, over reconnects. */
  const follow = async (id: ExecutionId): Promise<ReadonlyArray<Frame>> => {
    const frames: Frame[] = []
    const isOver = () => frames.some(({ event }) => event === 'end')
    const last = () => frames.findLast((frame) => frame.id !== undefined)?.id
    const connect = async () => {
      const parser = createParser({ onEvent: ({ id: each, event, data }) => frames.push({ id: each, event, data }) })
      const after = last()
      const response = await fetch(`${base}/sse/executions/${id}/stream`, {
        headers: { ...headers, ...(after === undefined ? {} : { 'last-event-id': after }) },
      })
      for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) parser.feed(chunk)
    }
    await until(
      async () => {
        await connect().catch(() => undefined)
        return isOver()
      },
      120_000,
      () => `the stream of ${id} has not ended`,
    )
    return frames
  }

  const mails = async (): Promise<ReadonlyArray<Mail>> =>
    (await (await fetch(`${mailUrl}/messages`)).json()) as ReadonlyArray<Mail>

  return { headers, base, get, post, start, follow, mails }
}
