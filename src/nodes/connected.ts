import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import type * as t from 'io-ts'
import * as TE from 'fp-ts/TaskEither'
import type { ConnectionId } from '../domain/ids'
import { providerOf } from './connection-check'
import { stepFault, unavailable } from './step-faults'
import type { StepFault, StepRun, Unavailable } from './step-run'

export type Connected<Config, Secret> = { readonly config: Config; readonly secret: Secret | undefined }

const missing = (type: string, tech: string): StepFault =>
  stepFault('permissions.connection_missing', { provider: providerOf(type) }, tech)

/** The connection of a step, with its secret when it has one. */
export const connectedTo = <Config, Secret>(
  { connection, secrets, organizationId }: StepRun,
  id: ConnectionId,
  type: string,
  Config: t.Type<Config, unknown>,
  Secret: t.Type<Secret, unknown>,
): TE.TaskEither<StepFault | Unavailable, Connected<Config, Secret>> =>
  pipe(
    connection(id),
    TE.chainW((found) =>
      found === undefined || found.connectionType !== type
        ? TE.left(missing(type, `no connection ${id} of type ${type}`))
        : pipe(
            TE.fromEither(Config.decode(found.config)),
            TE.mapLeft(() => missing(type, `the configuration of connection ${id} is not usable`)),
          ),
    ),
    TE.bindTo('config'),
    TE.bindW('secret', () =>
      pipe(
        secrets.get(organizationId, id),
        TE.mapLeft(unavailable),
        TE.chainEitherKW((secret) =>
          secret === undefined
            ? E.right(undefined)
            : pipe(
                Secret.decode(secret),
                E.mapLeft(() => missing(type, `the secret of connection ${id} is not usable`)),
              ),
        ),
      ),
    ),
  )
