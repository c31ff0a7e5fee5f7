import * as E from 'fp-ts/Either'
import * as t from 'io-ts'
import { checkedText, exactObject, listOf, text } from '../../../domain/exact'

const apiAddress = (value: string): E.Either<string, unknown> => {
  if (!URL.canParse(value)) return E.left('is not an address')
  const { protocol, username, password, search, hash } = new URL(value)
  const isPlain = username === '' && password === '' && search === '' && hash === ''
  return isPlain && /^https?:$/.test(protocol)
    ? E.right(value)
    : E.left('must be an https address without user, query or fragment')
}

const id = (name: string) =>
  checkedText(name, 20, (value) => (/^\d+$/.test(value) ? E.right(value) : E.left('must be digits')))

const scope = checkedText('scope', 100, (value) =>
  /^[\w.-]+$/.test(value) ? E.right(value) : E.left('must be a scope, such as crm.objects.deals.read'),
)

const instant = checkedText('instant', 40, (value) =>
  Number.isNaN(Date.parse(value)) ? E.left('must be an instant in RFC 3339') : E.right(value),
)

export const HubSpotConfig = exactObject(
  'HubSpotConfig',
  {},
  {
    /** Of the API, where it is not HubSpot's own. */
    base_url: checkedText('base_url', 500, apiAddress),
    /** The account that it has to be. */
    portal_id: id('portal_id'),
    /** What the token must be allowed. */
    scopes: listOf(scope, 50),
  },
)
export type HubSpotConfig = t.TypeOf<typeof HubSpotConfig>

/** A private app's token; `client_secret` signs its webhooks, `expires_at` is when its owner takes it away. */
const PrivateApp = exactObject(
  'PrivateApp',
  { private_app_token: text(500) },
  { client_secret: text(500), expires_at: instant },
)
export type PrivateApp = t.TypeOf<typeof PrivateApp>

/** An app that an account has let in; `access_token` is renewed before `expires_at`. */
const OAuthApp = exactObject(
  'OAuthApp',
  { client_id: text(200), client_secret: text(500), refresh_token: text(2_000) },
  { access_token: text(2_000), expires_at: instant, scopes: listOf(scope, 200) },
)
export type OAuthApp = t.TypeOf<typeof OAuthApp>

export type HubSpotSecret = PrivateApp | OAuthApp

const isPrivate = (u: unknown): boolean => typeof u === 'object' && u !== null && 'private_app_token' in u

export const HubSpotSecret = new t.Type<HubSpotSecret, unknown>(
  'HubSpotSecret',
  (u): u is HubSpotSecret => PrivateApp.is(u) || OAuthApp.is(u),
  (u, c) => (isPrivate(u) ? PrivateApp.validate(u, c) : OAuthApp.validate(u, c)),
  t.identity,
)

export const secretsIn = (secret: HubSpotSecret): ReadonlyArray<string> =>
  'private_app_token' in secret
    ? [secret.private_app_token, secret.client_secret ?? '']
    : [secret.client_secret, secret.refresh_token, secret.access_token ?? '']
