import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import { OrganizationId } from '../../domain/ids'
import type { Actor } from '../../domain/metadata'
import { isApiKey, sha256Of } from './api-key'
import type { Role } from '../../domain/visibility'
import type { IdentityStore, IdentityUnavailable, Organization } from '../../stores/identity/identity-store'
import { type Headed, headerOf } from '../context'
import { type BadRequest, badRequest, type OrganizationForbidden, type Unauthenticated } from '../error'
import type { VerifyJwt } from './jwt'

/** Who asks, on behalf of which organization. */
export type Caller = {
  readonly actor: Actor
  readonly organization: Organization['id']
  readonly locale: Organization['locale']
  readonly roles: ReadonlyArray<Role>
}

type Refusal = Unauthenticated | OrganizationForbidden | BadRequest | IdentityUnavailable

export type Authenticate = (req: Headed) => TE.TaskEither<Refusal, Caller>

type Deps = {
  readonly identity: Pick<IdentityStore, 'holderOf' | 'organization'>
  /** Undefined when no key for JWTs is configured. */
  readonly verifyJwt: VerifyJwt | undefined
}

type Bearer = {
  readonly actor: Actor
  readonly organizations: ReadonlyArray<OrganizationId>
  readonly roles: ReadonlyArray<Role>
}

const unauthenticated = (reason: Unauthenticated['reason']): Unauthenticated => ({ _tag: 'Unauthenticated', reason })
const forbidden: OrganizationForbidden = { _tag: 'OrganizationForbidden' }

const longestToken = 8_192

const tokenOf = (authorization: string | undefined): E.Either<Unauthenticated, string> => {
  if (authorization === undefined) return E.left(unauthenticated('missing'))
  const token = /^Bearer +([\w.~+/-]+=*) *$/i.exec(authorization)?.[1]
  return token === undefined || token.length > longestToken ? E.left(unauthenticated('malformed')) : E.right(token)
}

const organizationHeader = (req: Headed): E.Either<BadRequest, OrganizationId | undefined> => {
  const given = headerOf(req, 'x-organization-id')
  return given === undefined
    ? E.right(undefined)
    : pipe(
        OrganizationId.decode(given),
        E.mapLeft(() => badRequest({ header: 'X-Organization-ID', problem: 'must be a UUID' })),
      )
}

/** The organization asked for, or the bearer's only one. */
const choose = (
  asked: OrganizationId | undefined,
  { organizations }: Bearer,
): E.Either<OrganizationForbidden | BadRequest, OrganizationId> => {
  if (asked !== undefined) return organizations.includes(asked) ? E.right(asked) : E.left(forbidden)
  const [only, ...more] = organizations
  return only !== undefined && more.length === 0
    ? E.right(only)
    : E.left(badRequest({ header: 'X-Organization-ID', problem: 'is missing' }))
}

/** `Authorization: Bearer` with an API key (`docg_…`) or a JWT, and `X-Organization-ID`. */
export const authenticator = ({ identity, verifyJwt }: Deps): Authenticate => {
  const keyHolder = (token: string): TE.TaskEither<Refusal, { bearer: Bearer; organization: Organization }> =>
    pipe(
      identity.holderOf(sha256Of(token)),
      TE.chainW((holder) =>
        holder === undefined
          ? TE.left(unauthenticated('unknown'))
          : TE.right({
              bearer: {
                actor: { type: 'user' as const, id: `key:${holder.key.id}` },
                organizations: [holder.organization.id],
                roles: [holder.key.role],
              },
              organization: holder.organization,
            }),
      ),
    )

  const withKey = (token: string, asked: OrganizationId | undefined): TE.TaskEither<Refusal, Caller> =>
    pipe(
      keyHolder(token),
      TE.chainEitherKW(({ bearer, organization }) =>
        pipe(
          choose(asked, bearer),
          E.map((id) => ({ actor: bearer.actor, roles: bearer.roles, organization: id, locale: organization.locale })),
        ),
      ),
    )

  const withJwt = (token: string, asked: OrganizationId | undefined): TE.TaskEither<Refusal, Caller> =>
    verifyJwt === undefined
      ? TE.left(unauthenticated('unknown'))
      : pipe(
          verifyJwt(token),
          TE.map((claims): Bearer => ({
            actor: { type: 'user', id: claims.sub },
            organizations: claims.orgs,
            roles: claims.roles,
          })),
          TE.bindTo('bearer'),
          TE.bindW('id', ({ bearer }) => TE.fromEither(choose(asked, bearer))),
          TE.bindW('organization', ({ id }) => identity.organization(id)),
          TE.chainW(({ bearer, organization }) =>
            organization === undefined
              ? TE.left(forbidden)
              : TE.right({
                  actor: bearer.actor,
                  roles: bearer.roles,
                  organization: organization.id,
                  locale: organization.locale,
                }),
          ),
        )

  return (req) =>
    pipe(
      TE.fromEither<Refusal, string>(tokenOf(headerOf(req, 'authorization'))),
      TE.bindTo('token'),
      TE.bindW('asked', () => TE.fromEither(organizationHeader(req))),
      TE.chainW(({ token, asked }) => (isApiKey(token) ? withKey(token, asked) : withJwt(token, asked))),
    )
}
