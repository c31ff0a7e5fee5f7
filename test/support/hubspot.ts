import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

type Properties = Readonly<Record<string, string | null>>
type Token = {
  readonly scopes: ReadonlyArray<string>
  readonly kind?: 'private' | 'oauth'
  /** What HubSpot says of one that is not taken any more. */
  readonly refused?: 'EXPIRED_AUTHENTICATION' | 'INVALID_AUTHENTICATION'
}
export type HubSpotCall = { readonly method: string; readonly path: string; readonly authorization: string | undefined }
type Answer = { readonly status: number; readonly json?: object; readonly text?: string; readonly headers?: object }

export const readDeals = 'crm.objects.deals.read'
export const hubId = 4_815_162

const refusal = (status: number, category: string, message: string, errors: ReadonlyArray<object> = []): Answer => ({
  status,
  json: { status: 'error', message, correlationId: randomUUID(), category, ...(errors.length === 0 ? {} : { errors }) },
})

const bodyOf = async (req: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of req) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

/** HubSpot's API as far as docg uses it, with its shapes of answers and refusals; what it knows may be changed while it runs. */
export const startHubSpot = async () => {
  const tokens = new Map<string, Token>([['pat-good', { scopes: [readDeals], kind: 'private' }]])
  const refreshTokens = new Map<string, 'good' | 'revoked'>([['refresh-good', 'good']])
  const records = new Map<string, Properties>([
    ['deals/123', { dealname: 'Big deal', amount: '1500.50', closedate: null, client_email: 'ana@example.com' }],
  ])
  const denied = new Set<string>()
  const calls: HubSpotCall[] = []
  let refreshed = 0
  const behaviour: {
    answer?: (call: HubSpotCall) => Answer | 'silence' | undefined
    lives: number
    slownessMs: number
  } = { lives: 1_800, slownessMs: 0 }

  const info = (token: string, kind: Token['kind']): Answer => {
    const known = tokens.get(token)
    if (known?.refused !== undefined) return refusal(401, known.refused, `The ${kind ?? ''} token is not taken`)
    if (known?.kind !== kind) return refusal(404, 'OBJECT_NOT_FOUND', 'no such token')
    return {
      status: 200,
      json:
        kind === 'private'
          ? { userId: 1, hubId, appId: 2, scopes: known?.scopes }
          : {
              token,
              user: 'a@example.com',
              hub_id: hubId,
              app_id: 2,
              expires_in: behaviour.lives,
              scopes: known?.scopes,
            },
    }
  }

  const refresh = (form: URLSearchParams): Answer => {
    const known = refreshTokens.get(form.get('refresh_token') ?? '')
    if (form.get('grant_type') !== 'refresh_token' || form.get('client_secret') !== 'app-secret')
      return { status: 400, json: { status: 'BAD_CLIENT_SECRET', message: 'missing or invalid client secret' } }
    if (known !== 'good')
      return {
        status: 400,
        json: { status: 'BAD_REFRESH_TOKEN', error: 'invalid_grant', message: 'invalid refresh token' },
      }
    refreshed += 1
    const access_token = `access-${refreshed}`
    tokens.set(access_token, { scopes: [readDeals], kind: 'oauth' })
    return {
      status: 200,
      json: {
        access_token,
        refresh_token: form.get('refresh_token'),
        expires_in: behaviour.lives,
        token_type: 'bearer',
      },
    }
  }

  const record = (path: string, query: URLSearchParams, authorization = ''): Answer => {
    const known = tokens.get(authorization.replace(/^Bearer /, ''))
    if (known === undefined || known.refused !== undefined)
      return refusal(401, known?.refused ?? 'INVALID_AUTHENTICATION', 'Authentication credentials not found')
    if (!known.scopes.includes(readDeals))
      return refusal(403, 'MISSING_SCOPES', "This app hasn't been granted all required scopes to make this call.", [
        {
          message: 'One or more of the following scopes are required.',
          context: { requiredGranularScopes: [readDeals] },
        },
      ])
    if (denied.has(path)) return refusal(403, 'FORBIDDEN', 'You do not have permissions to view this record')
    const all = records.get(path)
    if (all === undefined) return refusal(404, 'OBJECT_NOT_FOUND', 'resource not found')
    const asked = query.get('properties')?.split(',')
    const properties = Object.fromEntries(Object.entries(all).filter(([name]) => asked?.includes(name) ?? true))
    const [, id] = path.split('/')
    return {
      status: 200,
      json: { id, properties, createdAt: '2026-01-01T00:00:00Z', updatedAt: '2026-01-02T00:00:00Z', archived: false },
    }
  }

  const answerTo = async (req: IncomingMessage, call: HubSpotCall): Promise<Answer | 'silence'> => {
    const body = await bodyOf(req)
    const own = behaviour.answer?.(call)
    if (own !== undefined) return own
    const { pathname, searchParams } = new URL(call.path, 'http://hubspot')
    const [, object] = /^\/crm\/v3\/objects\/(.+)$/.exec(pathname) ?? []
    const [, token] = /^\/oauth\/v1\/access-tokens\/(.+)$/.exec(pathname) ?? []
    if (object !== undefined) return record(decodeURIComponent(object), searchParams, call.authorization)
    if (token !== undefined) return info(decodeURIComponent(token), 'oauth')
    if (pathname === '/oauth/v1/token') return refresh(new URLSearchParams(body))
    if (pathname === '/oauth/v2/private-apps/get/access-token-info')
      return info((JSON.parse(body) as { tokenKey: string }).tokenKey, 'private')
    return refusal(404, 'NOT_FOUND', 'no such resource')
  }

  const respond = async (req: IncomingMessage, res: ServerResponse) => {
    const { authorization } = req.headers
    const call = { method: req.method ?? '', path: req.url ?? '', authorization }
    calls.push(call)
    const answer = await answerTo(req, call)
    if (answer === 'silence') return
    if (behaviour.slownessMs > 0) await pause(behaviour.slownessMs)
    res.writeHead(answer.status, { 'content-type': 'application/json;charset=utf-8', ...answer.headers })
    res.end(answer.text ?? JSON.stringify(answer.json ?? {}))
  }

  const server = createServer((req, res) => void respond(req, res))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo

  return {
    url: `http://127.0.0.1:${port}`,
    tokens,
    refreshTokens,
    /** By type and id: `deals/123`. */
    records,
    /** Records that the token's owner may not see. */
    denied,
    calls,
    behaviour,
    refreshed: () => refreshed,
    stop: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
export type HubSpot = Awaited<ReturnType<typeof startHubSpot>>
