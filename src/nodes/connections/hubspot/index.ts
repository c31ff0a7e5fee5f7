import { pipe } from 'fp-ts/function'
import * as T from 'fp-ts/Task'
import * as TE from 'fp-ts/TaskEither'
import * as t from 'io-ts'
import type { ConnectionType, Finding, Probed, ProbeDeps } from '../../contract'
import { stepFault } from '../../steps/faults'
import type { StepFault, Unavailable } from '../../steps/step-run'
import { findingOfFault } from '../findings'
import { accessToken, type AccessToken } from './access-token'
import { type Asked, provider } from './answer'
import { askHubSpot, type HubSpotApi } from './client'
import { HubSpotConfig, HubSpotSecret } from './config'

/** Shorter than the probe as a whole: what HubSpot did not do is then told. */
const requestMs = 2_800
/** Who has to give a new token has a week to do it. */
const soonMs = 7 * 86_400_000

const TokenInfo = t.intersection([
  t.type({ scopes: t.array(t.string) }),
  t.partial({ hubId: t.number, hub_id: t.number }),
])
type TokenInfo = t.TypeOf<typeof TokenInfo>

/** A token that HubSpot does not know any more is answered in several ways. */
const unknownToken = (status: number, tech: string): StepFault | undefined =>
  status === 400 || status === 404 ? stepFault('permissions.token_revoked', { provider }, tech) : undefined

const infoOf = (api: HubSpotApi, { token, kind, secrets }: AccessToken): TE.TaskEither<StepFault, TokenInfo> => {
  const asked: Asked = { what: `${kind} token`, resource: 'token', secrets, refusal: unknownToken }
  if (kind === 'oauth')
    return askHubSpot(
      api,
      { method: 'GET', path: `/oauth/v1/access-tokens/${encodeURIComponent(token)}`, answer: TokenInfo },
      asked,
    )
  return askHubSpot(
    api,
    {
      method: 'POST',
      path: '/oauth/v2/private-apps/get/access-token-info',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ tokenKey: token }),
      answer: TokenInfo,
    },
    asked,
  )
}

const missingScopes = ({ scopes = [] }: HubSpotConfig, { scopes: given }: TokenInfo): ReadonlyArray<Finding> => {
  const missing = scopes.filter((scope) => !given.includes(scope))
  return missing.length === 0
    ? []
    : [
        {
          code: 'permissions.scope_missing',
          params: { provider, scopes: missing.join(', ') },
          tech: `the token has ${given.join(', ').slice(0, 300)}`,
        },
      ]
}

const otherAccount = ({ portal_id }: HubSpotConfig, { hubId, hub_id }: TokenInfo): ReadonlyArray<Finding> => {
  const hub = hubId ?? hub_id
  return portal_id === undefined || hub === undefined || String(hub) === portal_id
    ? []
    : [
        {
          code: 'permissions.resource_denied',
          params: { provider, resource: portal_id },
          tech: `the token is of account ${hub}`,
        },
      ]
}

const ending = ({ until }: AccessToken): ReadonlyArray<Finding> =>
  until === undefined || Date.parse(until) - Date.now() > soonMs
    ? []
    : [
        {
          code: 'permissions.token_expiring',
          params: { provider, when: `${new Date(until).toISOString().slice(0, 16).replace('T', ' ')} UTC` },
          tech: `the token ends ${until}, and could not be renewed`,
        },
      ]

const unreachable = (tech: string): Finding => ({
  code: 'permissions.check_unavailable',
  params: { provider },
  tech,
})

/** What does not answer now says nothing about the connection. */
const findingOf = (stop: StepFault | Unavailable): Finding =>
  stop._tag === 'Unavailable' || stop.retryable
    ? unreachable(stop._tag === 'Unavailable' ? stop.reason : stop.fault.personal.tech)
    : findingOfFault(stop)

const probe = (
  connection: Probed<HubSpotConfig, HubSpotSecret>,
  { outgoing, signal, secrets }: ProbeDeps,
): T.Task<ReadonlyArray<Finding>> => {
  const { config } = connection
  const api: HubSpotApi = { config, policy: outgoing, timeoutMs: requestMs, signal }
  return pipe(
    accessToken(connection, api, secrets),
    TE.foldW(
      (stop) => T.of([findingOf(stop)]),
      (token) =>
        pipe(
          infoOf(api, token),
          TE.match(
            (fault) => [...ending(token), findingOf(fault)],
            (info) => [...ending(token), ...missingScopes(config, info), ...otherAccount(config, info)],
          ),
        ),
    ),
  )
}

/** An account of HubSpot, with a private app's token or by OAuth. */
export const hubSpot: ConnectionType<HubSpotConfig, HubSpotSecret> = {
  type: 'hubspot',
  provider,
  config: HubSpotConfig,
  secret: HubSpotSecret,
  recipient: ({ base_url }) => [base_url],
  unreachable,
  probe,
}
