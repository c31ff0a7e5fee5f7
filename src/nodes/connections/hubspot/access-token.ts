import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import * as t from 'io-ts'
import type { ConnectionId, OrganizationId } from '../../../domain/ids'
import type { JsonObject } from '../../../domain/json'
import type { SecretStore } from '../../../stores/secrets/secret-store'
import { faultOfFinding, stepFault, unavailable } from '../../steps/faults'
import type { StepFault, Unavailable } from '../../steps/step-run'
import type { Connected } from '../../contract'
import { connectionMissing, secretUnreadable } from '../findings'
import { type Asked, provider } from './answer'
import { askHubSpot, type HubSpotApi } from './client'
import { type HubSpotConfig, HubSpotSecret, type OAuthApp, secretsIn } from './config'

export type HubSpotLogin = Connected<HubSpotConfig, HubSpotSecret> & {
  readonly organizationId: OrganizationId
  readonly connectionId: ConnectionId
}

/** `until`: when it ends for good, if that is known; one that renews itself has no such end while it can be renewed. */
export type AccessToken = {
  readonly token: string
  readonly kind: 'private' | 'oauth'
  readonly until?: string
  /** What may not be said of the connection. */
  readonly secrets: ReadonlyArray<string>
}

/** Access tokens live half an hour; they are renewed so long before their end. */
const marginMs = 300_000
/** A renewal is kept even when nobody waits for it any more: shorter than a secret's lease. */
const renewalMs = 8_000

const msLeft = ({ expires_at }: { readonly expires_at?: string }): number =>
  expires_at === undefined ? Infinity : Date.parse(expires_at) - Date.now()

const isDue =
  (rejected: string | undefined) =>
  (secret: OAuthApp): boolean =>
    secret.access_token === undefined || secret.access_token === rejected || msLeft(secret) < marginMs

const Renewed = t.intersection([
  t.type({ access_token: t.string, expires_in: t.number }),
  t.partial({ refresh_token: t.string }),
])

/** Its owner has taken the access away, or another app's credentials were given: nothing goes until somebody connects again. */
const forGood = (status: number, tech: string): StepFault | undefined => {
  if (![400, 401, 403, 404].includes(status)) return undefined
  const isRevoked = /invalid_grant|BAD_REFRESH_TOKEN/.test(tech)
  return stepFault(isRevoked ? 'permissions.token_revoked' : 'permissions.token_expired', { provider }, tech)
}

const renewed =
  (api: HubSpotApi) =>
  (secret: OAuthApp): TE.TaskEither<StepFault, OAuthApp> => {
    const { client_id, client_secret, refresh_token } = secret
    const asked: Asked = {
      what: 'POST /oauth/v1/token',
      resource: 'token',
      secrets: secretsIn(secret),
      refusal: forGood,
    }
    return pipe(
      askHubSpot(
        { ...api, timeoutMs: renewalMs, signal: new AbortController().signal },
        {
          method: 'POST',
          path: '/oauth/v1/token',
          headers: { 'content-type': 'application/x-www-form-urlencoded;charset=utf-8' },
          body: new URLSearchParams({
            grant_type: 'refresh_token',
            client_id,
            client_secret,
            refresh_token,
          }).toString(),
          answer: Renewed,
        },
        asked,
      ),
      TE.map((answer) => ({
        ...secret,
        access_token: answer.access_token,
        refresh_token: answer.refresh_token ?? refresh_token,
        expires_at: new Date(Date.now() + answer.expires_in * 1_000).toISOString(),
      })),
    )
  }

const oauthToken = (secret: OAuthApp, until?: string): E.Either<StepFault, AccessToken> =>
  secret.access_token === undefined
    ? E.left(stepFault('permissions.token_expired', { provider }, 'no access token'))
    : E.right({
        token: secret.access_token,
        kind: 'oauth',
        secrets: secretsIn(secret),
        ...(until === undefined ? {} : { until }),
      })

/** While it cannot be renewed now, what is left of the old one is used. */
const leftOver =
  (secret: OAuthApp, rejected: string | undefined) =>
  (fault: StepFault | Unavailable): E.Either<StepFault | Unavailable, AccessToken> => {
    const mayPass = fault._tag === 'Unavailable' || fault.retryable
    return mayPass && secret.access_token !== rejected && secret.expires_at !== undefined && msLeft(secret) > 0
      ? oauthToken(secret, secret.expires_at)
      : E.left(fault)
  }

const oauthIn = (stored: JsonObject | undefined): OAuthApp | undefined => {
  const secret = HubSpotSecret.decode(stored)
  return E.isRight(secret) && 'refresh_token' in secret.right ? secret.right : undefined
}

const renewedTogether = (
  { organizationId, connectionId }: HubSpotLogin,
  api: HubSpotApi,
  secrets: Pick<SecretStore, 'renew'>,
  rejected: string | undefined,
): TE.TaskEither<StepFault | Unavailable, OAuthApp> =>
  pipe(
    secrets.renew<StepFault>(organizationId, connectionId, {
      isDue: (stored) => pipe(oauthIn(stored), (secret) => secret !== undefined && isDue(rejected)(secret)),
      renew: (stored) => {
        const secret = oauthIn(stored)
        return secret === undefined
          ? TE.right(stored)
          : pipe(
              renewed(api)(secret),
              TE.map((made) => ({ ...made })),
            )
      },
    }),
    TE.mapLeft((error) => (error._tag === 'SecretStoreUnavailable' ? unavailable(error) : error)),
    TE.chainEitherKW((stored): E.Either<StepFault, OAuthApp> => {
      if (E.isLeft(stored)) return E.left(faultOfFinding(secretUnreadable(provider, stored.left.reason)))
      const secret = oauthIn(stored.right)
      return secret === undefined
        ? E.left(faultOfFinding(connectionMissing(provider, `the secret of connection ${connectionId} has changed`)))
        : E.right(secret)
    }),
  )

/**
 * What a request to HubSpot is authorised with. An access token is renewed before it ends: once, however many processes need it. `rejected`: one that
 * HubSpot no longer takes, whatever its end.
 */
export const accessToken = (
  login: HubSpotLogin,
  api: HubSpotApi,
  secrets: Pick<SecretStore, 'renew'>,
  rejected?: string,
): TE.TaskEither<StepFault | Unavailable, AccessToken> => {
  const { secret } = login
  if (secret === undefined) return TE.left(faultOfFinding(connectionMissing(provider, 'the connection has no token')))
  if ('private_app_token' in secret) {
    const { private_app_token: token, expires_at } = secret
    return msLeft(secret) <= 0
      ? TE.left(stepFault('permissions.token_expired', { provider }, `the token ended ${expires_at ?? ''}`))
      : TE.right({
          token,
          kind: 'private',
          secrets: secretsIn(secret),
          ...(expires_at === undefined ? {} : { until: expires_at }),
        })
  }
  if (!isDue(rejected)(secret)) return TE.fromEither(oauthToken(secret))
  return pipe(
    renewedTogether(login, api, secrets, rejected),
    TE.chainEitherKW((made) => oauthToken(made)),
    TE.orElse((fault) => TE.fromEither(leftOver(secret, rejected)(fault))),
  )
}
