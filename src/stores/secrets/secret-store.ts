import type * as TE from 'fp-ts/TaskEither'
import type { ConnectionId, OrganizationId } from '../../domain/ids'
import type { JsonObject } from '../../domain/json'

export type SecretStoreUnavailable = { readonly _tag: 'SecretStoreUnavailable'; readonly reason: string }

/** Credentials of connections, encrypted at rest; the only place they ever stand. */
export interface SecretStore {
  readonly put: (
    organization: OrganizationId,
    connection: ConnectionId,
    secret: JsonObject,
  ) => TE.TaskEither<SecretStoreUnavailable, void>
  /** `undefined` when the connection has none. */
  readonly get: (
    organization: OrganizationId,
    connection: ConnectionId,
  ) => TE.TaskEither<SecretStoreUnavailable, JsonObject | undefined>
}
