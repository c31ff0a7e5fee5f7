import type { Knex } from 'knex'
import * as E from 'fp-ts/Either'
import * as TE from 'fp-ts/TaskEither'
import type { ConnectionId, OrganizationId } from '../../domain/ids'
import type { JsonObject } from '../../domain/json'
import type { Keyring } from './keyring'
import { renewing } from './renew'
import { type Sealed, seal, unseal } from './seal'
import type { SecretOutcome, SecretStore, SecretStoreUnavailable } from './secret-store'

/** What a connection's secret is bound to: sealed for one, it opens for no other. */
export const placeOf = (organization: OrganizationId, connection: ConnectionId): string =>
  `${organization} ${connection}`

const unavailable = (error: unknown): SecretStoreUnavailable => ({
  _tag: 'SecretStoreUnavailable',
  reason: error instanceof Error ? error.message : 'unknown',
})

const opened = (keys: Keyring, boundTo: string, sealed: Sealed): SecretOutcome =>
  E.tryCatch(
    () => JSON.parse(unseal(keys, boundTo, sealed)) as JsonObject,
    () => ({ _tag: 'SecretUnreadable', reason: `sealed with key ${sealed.key_id}, which does not open it here` }),
  )

/** A secret taken away stays as a row without one, for its revision. */
const upsert = `
  INSERT INTO connection_secrets (organization_id, connection_id, key_id, nonce, ciphertext, tag, revision)
    VALUES (?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (organization_id, connection_id) DO UPDATE
    SET key_id = excluded.key_id, nonce = excluded.nonce, ciphertext = excluded.ciphertext, tag = excluded.tag,
        revision = excluded.revision, updated_at = now()
    WHERE connection_secrets.revision <= excluded.revision`

export const postgresSecretStore = (knex: Knex, keys: Keyring): SecretStore => ({
  put: (organization, connection, secret, announced) =>
    TE.tryCatch(async () => {
      const { key_id, nonce, ciphertext, tag } = seal(keys, placeOf(organization, connection), JSON.stringify(secret))
      await knex.raw(upsert, [organization, connection, key_id, nonce, ciphertext, tag, String(announced)])
    }, unavailable),
  remove: (organization, connection, announced) =>
    TE.tryCatch(async () => {
      const nothing: Knex.RawBinding = null
      await knex.raw(upsert, [organization, connection, nothing, nothing, nothing, nothing, String(announced)])
    }, unavailable),
  get: (organization, connection) =>
    TE.tryCatch(async () => {
      const { rows } = await knex.raw<{ readonly rows: ReadonlyArray<Sealed> }>(
        `SELECT key_id, nonce, ciphertext, tag FROM connection_secrets
         WHERE organization_id = ? AND connection_id = ? AND key_id IS NOT NULL`,
        [organization, connection],
      )
      const [row] = rows
      return row === undefined ? E.right(undefined) : opened(keys, placeOf(organization, connection), row)
    }, unavailable),
  renew: renewing(knex, {
    seal: (organization, connection, secret) => seal(keys, placeOf(organization, connection), JSON.stringify(secret)),
    open: (organization, connection, sealed) => opened(keys, placeOf(organization, connection), sealed),
    unavailable,
  }),
})
