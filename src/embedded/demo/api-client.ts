import { setTimeout as pause } from 'node:timers/promises'
import { Trouble } from '../trouble'

export type ApiClient = {
  readonly get: (path: string) => Promise<Record<string, unknown>>
  /** `body` as JSON, or a form. `key` makes a repeat answer with the first result. */
  readonly post: (path: string, body: object, key: string) => Promise<Record<string, unknown>>
}

const answer = async (what: string, response: Response): Promise<Record<string, unknown>> => {
  const text = await response.text()
  if (response.ok) return JSON.parse(text) as Record<string, unknown>
  throw new Trouble(
    `${what} was answered with ${response.status}: ${text}`,
    'The logs are in the folder logs of the data.',
  )
}

const triesAtMost = 10

/** 503 says: a little later. */
const patiently = async (ask: () => Promise<Response>): Promise<Response> => {
  for (let tries = 1; ; tries += 1) {
    const response = await ask()
    if (response.status !== 503 || tries === triesAtMost) return response
    await response.body?.cancel()
    await pause(1_000)
  }
}

/** The product's API as a client sees it. */
export const apiClient = (url: string, organization: string, apiKey: string): ApiClient => {
  const headers = { authorization: `Bearer ${apiKey}`, 'x-organization-id': organization }
  const base = `${url}/api/v1`
  return {
    get: async (path) => answer(`GET ${path}`, await patiently(() => fetch(base + path, { headers }))),
    post: async (path, body, key) => {
      const isForm = body instanceof FormData
      const response = await fetch(base + path, {
        method: 'POST',
        headers: { ...headers, 'idempotency-key': key, ...(isForm ? {} : { 'content-type': 'application/json' }) },
        body: isForm ? body : JSON.stringify(body),
      })
      return answer(`POST ${path}`, response)
    },
  }
}
