import type * as TE from 'fp-ts/TaskEither'
import type { Locale } from '../../domain/messages/entry'
import type { OrganizationId } from '../../domain/ids'
import type { Role } from '../../domain/visibility'

export type IdentityUnavailable = { readonly _tag: 'IdentityUnavailable'; readonly reason: string }

export type Organization = {
  readonly id: OrganizationId
  readonly name: string
  /** For readers who ask for no language. */
  readonly locale: Locale
  readonly createdAt: Date
}

/** A key as it is kept: its text is known only to its holder, here stands its SHA-256 in hex. */
export type ApiKey = {
  readonly id: string
  readonly organizationId: OrganizationId
  readonly name: string
  readonly role: Role
  readonly createdAt: Date
  readonly revokedAt: Date | undefined
}

export type KeyHolder = { readonly key: ApiKey; readonly organization: Organization }

/** Lists are given in pages of so many, oldest first, each after the item that it is told. */
export const identityPage = 100

type Asked<A> = TE.TaskEither<IdentityUnavailable, A>

/** Who may use the product: relational, so that no key ever enters the log. */
export interface IdentityStore {
  readonly addOrganization: (organization: Omit<Organization, 'createdAt'>) => Asked<Organization>
  readonly organization: (id: OrganizationId) => Asked<Organization | undefined>
  readonly organizations: (after?: OrganizationId) => Asked<ReadonlyArray<Organization>>
  readonly addKey: (key: Omit<ApiKey, 'createdAt' | 'revokedAt'>, sha256: string) => Asked<ApiKey>
  /** Only a key that is not revoked. */
  readonly holderOf: (sha256: string) => Asked<KeyHolder | undefined>
  readonly keys: (organization: OrganizationId, after?: string) => Asked<ReadonlyArray<ApiKey>>
  /** Undefined when there is no such key; a key already revoked stays as it is. */
  readonly revokeKey: (id: string) => Asked<ApiKey | undefined>
}
