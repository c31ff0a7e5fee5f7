import type * as E from 'fp-ts/Either'
import type * as TE from 'fp-ts/TaskEither'
import type { Revision } from '../../domain/event-store'
import type { ConnectionId, OrganizationId } from '../../domain/ids'
import type { JsonObject } from '../../domain/json'

export type SecretStoreUnavailable = { readonly _tag: 'SecretStoreUnavailable'; readonly reason: string }
/** What is stored opens with no key of the ring, and never will: the secret has to be given again. */
export type SecretUnreadable = { readonly _tag: 'SecretUnreadable'; readonly reason: string }

/** `undefined` when the connection has none. */
export type SecretOutcome = E.Either<SecretUnreadable, JsonObject | undefined>

export type Renewal<Failure> = {
  readonly isDue: (secret: JsonObject) => boolean
  /** Must end within 10 s. */
  readonly renew: (secret: JsonObject) => TE.TaskEither<Failure, JsonObject>
}

/** Credentials of connections, encrypted at rest; the only place they ever stand. */
export interface SecretStore {
  /** `announced`: the revision of the event that said so, which counts: what an event before it announced does nothing any more. */
  readonly put: (
    organization: OrganizationId,
    connection: ConnectionId,
    secret: JsonObject,
    announced: Revision,
  ) => TE.TaskEither<SecretStoreUnavailable, void>
  readonly remove: (
    organization: OrganizationId,
    connection: ConnectionId,
    announced: Revision,
  ) => TE.TaskEither<SecretStoreUnavailable, void>
  readonly get: (
    organization: OrganizationId,
    connection: ConnectionId,
  ) => TE.TaskEither<SecretStoreUnavailable, SecretOutcome>
  /**
   * The secret, renewed first when that is due: by one of all processes at a time, while the others wait for what comes of it. What it was renewed to
   * counts as the same secret, announced when it was.
   */
  readonly renew: <Failure>(
    organization: OrganizationId,
    connection: ConnectionId,
    renewal: Renewal<Failure>,
  ) => TE.TaskEither<SecretStoreUnavailable | Failure, SecretOutcome>
}
