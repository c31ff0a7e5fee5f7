import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import type * as t from 'io-ts'
import * as TE from 'fp-ts/TaskEither'
import { type Connection } from '../domain/connection/connection'
import type { JsonObject } from '../domain/json'
import { providerOf } from './connection-check'
import { SmtpConfig, SmtpSecret, StorageConfig, StorageSecret } from './connection-config'
import { faultOfSmtp } from './email/smtp-fault'
import { oneEach } from './email/smtp-sessions'
import type { OutgoingPolicy } from './outgoing/policy'
import { stepFault } from './step-faults'
import type { StepFault } from './step-run'
import { faultOfStorage } from './storage/storage-fault'
import { targetOf } from './storage/target-of'

export type { OutgoingPolicy } from './outgoing/policy'

const probeTimes = { connection: 3_000, greeting: 3_000, socket: 3_000, whole: 8_000 }

const unusable = (type: string, tech: string): StepFault =>
  stepFault('permissions.connection_missing', { provider: providerOf(type) }, tech)

const decoded = <Config, Secret>(
  { connectionType, config }: Connection,
  secret: JsonObject | undefined,
  Config: t.Type<Config, unknown>,
  Secret: t.Type<Secret, unknown>,
): E.Either<StepFault, { readonly config: Config; readonly secret: Secret | undefined }> =>
  pipe(
    E.Do,
    E.bind('config', () => Config.decode(config)),
    E.bind('secret', () => (secret === undefined ? E.right(undefined) : Secret.decode(secret))),
    E.mapLeft(() => unusable(connectionType, 'the configuration or the secret is not usable')),
  )

const smtp = (connection: Connection, secret: JsonObject | undefined, policy: OutgoingPolicy) =>
  pipe(
    TE.fromEither(decoded(connection, secret, SmtpConfig, SmtpSecret)),
    TE.map((known) => ({ ...known, policy, times: probeTimes })),
    TE.chain((target) =>
      TE.tryCatch(
        () =>
          oneEach.use(
            target,
            () => Promise.resolve(),
            () => true,
          ),
        (error) => faultOfSmtp(target, { error, limit: undefined }),
      ),
    ),
  )

const storage = (connection: Connection, secret: JsonObject | undefined, policy: OutgoingPolicy) =>
  pipe(
    TE.fromEither(decoded(connection, secret, StorageConfig, StorageSecret)),
    TE.chain((known) =>
      pipe(
        TE.fromEither(targetOf(known, connection.organizationId, policy)),
        TE.mapLeft((problem) => unusable('storage', `the connection ${problem}`)),
        TE.chain((target) =>
          TE.tryCatch(
            () => target.probe(),
            (error) => faultOfStorage(known.config.url, known.secret, error),
          ),
        ),
      ),
    ),
  )

/** Connects and logs in as a step would, and sends nothing. Left: why steps that use the connection would fail. */
export const testConnection = (
  connection: Connection,
  secret: JsonObject | undefined,
  policy: OutgoingPolicy,
): TE.TaskEither<StepFault, void> => {
  if (connection.connectionType === 'smtp') return smtp(connection, secret, policy)
  if (connection.connectionType === 'storage') return storage(connection, secret, policy)
  return TE.left(unusable(connection.connectionType, `no connection type ${connection.connectionType}`))
}
