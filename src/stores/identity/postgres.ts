import * as TE from 'fp-ts/TaskEither'
import type { Knex } from 'knex'
import type { Locale } from '../../domain/messages/entry'
import type { OrganizationId } from '../../domain/ids'
import type { Role } from '../../domain/visibility'
import {
  type ApiKey,
  identityPage,
  type IdentityStore,
  type IdentityUnavailable,
  type Organization,
} from './identity-store'

type OrganizationRow = { id: string; name: string; locale: string; created_at: Date }
type KeyRow = {
  id: string
  organization_id: string
  name: string
  role: string
  created_at: Date
  revoked_at: Date | null
}

const organizationOf = (row: OrganizationRow): Organization => ({
  id: row.id as OrganizationId,
  name: row.name,
  locale: row.locale as Locale,
  createdAt: row.created_at,
})

const keyOf = (row: KeyRow): ApiKey => ({
  id: row.id,
  organizationId: row.organization_id as OrganizationId,
  name: row.name,
  role: row.role as Role,
  createdAt: row.created_at,
  revokedAt: row.revoked_at ?? undefined,
})

type HolderRow = KeyRow & { of_name: string; of_locale: string; of_created_at: Date }

const organizationIn = (row: HolderRow): Organization =>
  organizationOf({
    id: row.organization_id,
    name: row.of_name,
    locale: row.of_locale,
    created_at: row.of_created_at,
  })

const keyColumns = ['id', 'organization_id', 'name', 'role', 'created_at', 'revoked_at']

const asked = <A>(ask: () => Promise<A>): TE.TaskEither<IdentityUnavailable, A> =>
  TE.tryCatch(ask, (error) => ({
    _tag: 'IdentityUnavailable',
    reason: error instanceof Error ? error.message : String(error),
  }))

const only = <A>(rows: ReadonlyArray<A>): A => {
  const [row] = rows
  if (row === undefined) throw new Error('the database returned no row')
  return row
}

const pageAfter = async <Row>(all: Knex.QueryBuilder, after: string | undefined): Promise<ReadonlyArray<Row>> => {
  const seen = all
    .clone()
    .clearSelect()
    .select('created_at', 'id')
    .where({ id: after ?? null })
  const page = after === undefined ? all.clone() : all.clone().whereRaw('(created_at, id) > (?)', [seen])
  return (await page.orderBy(['created_at', 'id']).limit(identityPage)) as ReadonlyArray<Row>
}

export const postgresIdentityStore = (knex: Knex): IdentityStore => ({
  addOrganization: ({ id, name, locale }) =>
    asked(async () =>
      organizationOf(only(await knex<OrganizationRow>('organizations').insert({ id, name, locale }).returning('*'))),
    ),
  organization: (id) =>
    asked(async () => {
      const row = await knex<OrganizationRow>('organizations').where({ id }).first()
      return row === undefined ? undefined : organizationOf(row)
    }),
  organizations: (after) =>
    asked(async () =>
      (await pageAfter<OrganizationRow>(knex<OrganizationRow>('organizations'), after)).map(organizationOf),
    ),
  addKey: ({ id, organizationId, name, role }, sha256) =>
    asked(async () => {
      const rows = await knex('api_keys')
        .insert({ id, organization_id: organizationId, name, role, sha256 })
        .returning<KeyRow[]>(keyColumns)
      return keyOf(only(rows))
    }),
  holderOf: (sha256) =>
    asked(async () => {
      const row = await knex('api_keys as key')
        .join('organizations as of', 'of.id', 'key.organization_id')
        .where({ 'key.sha256': sha256, 'key.revoked_at': null })
        .first<HolderRow | undefined>(
          ...keyColumns.map((column) => `key.${column}`),
          'of.name as of_name',
          'of.locale as of_locale',
          'of.created_at as of_created_at',
        )
      return row === undefined ? undefined : { key: keyOf(row), organization: organizationIn(row) }
    }),
  keys: (organization, after) =>
    asked(async () => {
      const all = knex('api_keys').where({ organization_id: organization }).select(keyColumns)
      return (await pageAfter<KeyRow>(all, after)).map(keyOf)
    }),
  revokeKey: (id) =>
    asked(async () => {
      const [row] = await knex('api_keys')
        .where({ id })
        .update({ revoked_at: knex.raw('coalesce(revoked_at, clock_timestamp())') })
        .returning<KeyRow[]>(keyColumns)
      return row === undefined ? undefined : keyOf(row)
    }),
})
