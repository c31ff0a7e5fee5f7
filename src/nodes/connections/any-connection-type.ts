import * as E from 'fp-ts/Either'
import { flow, pipe } from 'fp-ts/function'
import * as T from 'fp-ts/Task'
import type * as t from 'io-ts'
import type { Connection } from '../../domain/connection'
import { type DecodeProblem, problemsOf } from '../../domain/decode-problems'
import type { JsonObject } from '../../domain/json'
import type { ConnectionType, Finding, ProbeDeps } from '../contract'
import { connectionMissing } from './findings'

type Decoded = E.Either<ReadonlyArray<DecodeProblem>, JsonObject>

/** A connection type whose configuration and secret are stored JSON: decoded inside, so that types of every configuration can stand in one list. */
export type AnyConnectionType = Pick<ConnectionType<never, never>, 'type' | 'provider' | 'unreachable'> & {
  readonly decodeConfig: (config: unknown) => Decoded
  readonly decodeSecret: (secret: unknown) => Decoded
  /** Whether the secret would go to another than before. */
  readonly hasOtherRecipient: (before: JsonObject, after: JsonObject) => boolean
  readonly probe: (
    connection: Connection,
    secret: JsonObject | undefined,
    deps: ProbeDeps,
  ) => T.Task<ReadonlyArray<Finding>>
}

const decoding =
  <A>(codec: t.Type<A, unknown>) =>
  (value: unknown): Decoded =>
    pipe(
      codec.decode(value),
      E.bimap(problemsOf, (decoded) => codec.encode(decoded) as JsonObject),
    )

const recipientOf =
  <Config, Secret>({ config, recipient }: ConnectionType<Config, Secret>) =>
  (stored: JsonObject): string | undefined =>
    pipe(
      config.decode(stored),
      E.match(() => undefined, flow(recipient, JSON.stringify)),
    )

export const anyConnectionType = <Config, Secret>(type: ConnectionType<Config, Secret>): AnyConnectionType => ({
  ...type,
  decodeConfig: decoding(type.config),
  decodeSecret: decoding(type.secret),
  hasOtherRecipient: (before, after) => recipientOf(type)(before) !== recipientOf(type)(after),
  probe: ({ connectionId, organizationId, ...connection }, stored, deps) =>
    pipe(
      E.Do,
      E.bind('config', () => type.config.decode(connection.config)),
      E.bind('secret', () => (stored === undefined ? E.right(undefined) : type.secret.decode(stored))),
      E.match(
        () =>
          T.of([connectionMissing(type.provider, `the configuration or the secret of ${connectionId} is not usable`)]),
        (connected) => type.probe({ ...connected, connectionId, organizationId }, deps),
      ),
    ),
})
