import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import * as t from 'io-ts'
import { createRemoteJWKSet, errors, importSPKI, type JWTVerifyGetKey, jwtVerify } from 'jose'
import { OrganizationId } from '../../domain/ids'
import { type Role, roles } from '../../domain/visibility'
import type { IdentityUnavailable } from '../../stores/identity/identity-store'
import type { Unauthenticated } from '../error'

export type JwtKey =
  | { readonly kind: 'secret'; readonly secret: string }
  | { readonly kind: 'public'; readonly pem: string }
  | { readonly kind: 'jwks'; readonly url: string }

/** What a token says of its bearer; roles it names that we do not know are left out. */
export type Claims = {
  readonly sub: string
  readonly orgs: ReadonlyArray<OrganizationId>
  readonly roles: ReadonlyArray<Role>
}

const Payload = t.type({
  sub: t.refinement(t.string, (sub) => sub.length > 0 && sub.length <= 255),
  orgs: t.readonlyArray(OrganizationId),
  roles: t.readonlyArray(t.string),
})

const refusal = (reason: Unauthenticated['reason']): Unauthenticated => ({ _tag: 'Unauthenticated', reason })

const claimsOf = (payload: unknown): E.Either<Unauthenticated, Claims> =>
  pipe(
    Payload.decode(payload),
    E.bimap(
      () => refusal('malformed'),
      (claims) => ({ ...claims, roles: roles.filter((role) => claims.roles.includes(role)) }),
    ),
  )

const algorithms = {
  secret: ['HS256'],
  public: ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA', 'Ed25519'],
}

class KeyServerUnavailable extends Error {}

const saysOfToken = (error: unknown): boolean =>
  error instanceof errors.JWKSNoMatchingKey ||
  error instanceof errors.JWKSMultipleMatchingKeys ||
  error instanceof errors.JOSENotSupported

/** Keys that cannot be had say nothing about a token. */
const fromServer =
  (keyOf: JWTVerifyGetKey): JWTVerifyGetKey =>
  async (...asked) => {
    try {
      return await keyOf(...asked)
    } catch (error) {
      throw saysOfToken(error) ? error : new KeyServerUnavailable('the key server does not answer', { cause: error })
    }
  }

const whyNot = (error: unknown): Unauthenticated | IdentityUnavailable => {
  if (error instanceof KeyServerUnavailable) return { _tag: 'IdentityUnavailable', reason: error.message }
  return refusal(error instanceof errors.JWTExpired ? 'expired' : 'malformed')
}

// A public key is imported for the algorithm the token names, one of ours: the import refuses a key of another kind.
const getKey = (key: JwtKey): JWTVerifyGetKey => {
  switch (key.kind) {
    case 'secret': {
      const secret = new TextEncoder().encode(key.secret)
      return () => secret
    }
    case 'public':
      return ({ alg }) => importSPKI(key.pem, alg)
    case 'jwks':
      return fromServer(createRemoteJWKSet(new URL(key.url)))
  }
}

export type VerifyJwt = (token: string) => TE.TaskEither<Unauthenticated | IdentityUnavailable, Claims>

/** Verifies a signed token: `exp` is required, a minute of clock difference is allowed. RFC 7519, 8725. */
export const jwtVerifier = (key: JwtKey): VerifyJwt => {
  const keyOf = getKey(key)
  const options = {
    algorithms: algorithms[key.kind === 'secret' ? 'secret' : 'public'],
    requiredClaims: ['exp', 'sub'],
    clockTolerance: 60,
  }
  return (token) =>
    pipe(
      TE.tryCatch(() => jwtVerify(token, keyOf, options), whyNot),
      TE.chainEitherKW(({ payload }) => claimsOf(payload)),
    )
}
