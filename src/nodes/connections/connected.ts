import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import type { ConnectionId } from '../../domain/ids'
import type { SecretOutcome } from '../../stores/secrets/secret-store'
import { faultOfFinding, unavailable } from '../steps/faults'
import type { StepFault, StepRun, Unavailable } from '../steps/step-run'
import type { Connected, ConnectionType } from '../contract'
import { connectionMissing, secretUnreadable } from './findings'

const secretOf =
  <Config, Secret>({ provider, secret }: ConnectionType<Config, Secret>, id: ConnectionId) =>
  (stored: SecretOutcome): E.Either<StepFault, Secret | undefined> => {
    if (E.isLeft(stored)) return E.left(faultOfFinding(secretUnreadable(provider, stored.left.reason)))
    if (stored.right === undefined) return E.right(undefined)
    return pipe(
      secret.decode(stored.right),
      E.mapLeft(() => faultOfFinding(connectionMissing(provider, `the secret of connection ${id} is not usable`))),
    )
  }

/** The connection of a step, with its secret when it has one. */
export const connectedTo = <Config, Secret>(
  { connection, secrets, organizationId }: StepRun,
  id: ConnectionId,
  type: ConnectionType<Config, Secret>,
): TE.TaskEither<StepFault | Unavailable, Connected<Config, Secret>> => {
  const missing = (tech: string): StepFault => faultOfFinding(connectionMissing(type.provider, tech))
  return pipe(
    connection(id),
    TE.chainW((found) =>
      found === undefined || found.connectionType !== type.type
        ? TE.left(missing(`no connection ${id} of type ${type.type}`))
        : pipe(
            TE.fromEither(type.config.decode(found.config)),
            TE.mapLeft(() => missing(`the configuration of connection ${id} is not usable`)),
          ),
    ),
    TE.bindTo('config'),
    TE.bindW('secret', () =>
      pipe(secrets.get(organizationId, id), TE.mapLeft(unavailable), TE.chainEitherKW(secretOf(type, id))),
    ),
  )
}
