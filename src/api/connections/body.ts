import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as t from 'io-ts'
import type { DecodeProblem } from '../../domain/decode-problems'
import { exactObject, text } from '../../domain/exact'
import type { JsonObject } from '../../domain/json'
import { connectionTypeOf, connectionTypes } from '../../nodes/connections/registry'
import { jsonBody } from '../body/json'
import { type BadRequest, badRequest } from '../error'

const ConnectionBody = exactObject(
  'Connection',
  { name: text(200), type: text(50), config: t.unknown },
  { secret: t.unknown },
)
type ConnectionBody = t.TypeOf<typeof ConnectionBody>

export type CheckedConnection = {
  readonly name: string
  readonly connection_type: string
  readonly config: JsonObject
  readonly secret: JsonObject | undefined
}

type Problems = ReadonlyArray<DecodeProblem>
type KnownType = NonNullable<ReturnType<typeof connectionTypeOf>>

const below = (field: string) => (problems: Problems) =>
  problems.map(({ pointer, problem }) => ({ pointer: `/${field}${pointer}`, problem }))

const problemsIn = (...results: ReadonlyArray<E.Either<Problems, unknown>>): Problems =>
  results.flatMap((result) => (E.isLeft(result) ? result.left : []))

type Parts = {
  readonly config: E.Either<Problems, JsonObject>
  readonly secret: E.Either<Problems, JsonObject | undefined>
}

const partsOf = ({ decodeConfig, decodeSecret }: KnownType, config: unknown, secret: unknown): Parts => ({
  config: pipe(decodeConfig(config), E.mapLeft(below('config'))),
  secret: secret === undefined ? E.right(undefined) : pipe(decodeSecret(secret), E.mapLeft(below('secret'))),
})

/** With the problems of configuration and secret beside those of the other fields. */
export const connectionBody = jsonBody(ConnectionBody, (value) => {
  if (!t.UnknownRecord.is(value) || value['config'] === undefined) return []
  const known = typeof value['type'] === 'string' ? connectionTypeOf(value['type']) : undefined
  if (known === undefined) return []
  const { config, secret } = partsOf(known, value['config'], value['secret'])
  return problemsIn(config, secret)
})

const ConnectionChange = exactObject(
  'ConnectionChange',
  {},
  { name: text(200), type: text(50), config: t.unknown, secret: t.unknown },
)
type ConnectionChange = t.TypeOf<typeof ConnectionChange>

export const connectionChange = jsonBody(ConnectionChange)

export type CheckedChange = {
  readonly name: string | undefined
  readonly config: JsonObject | undefined
  readonly secret: JsonObject | undefined
}

/** What is given as the connection's type wants it; the type itself stays what it is. */
export const checkChange = (
  type: string,
  { name, config, secret, type: given = type }: ConnectionChange,
): E.Either<BadRequest, CheckedChange> => {
  const known = connectionTypeOf(type)
  if (known === undefined || given !== type)
    return E.left(badRequest({ pointer: '/type', problem: `cannot change: the connection is of type ${type}` }))
  if (name === undefined && config === undefined && secret === undefined)
    return E.left(badRequest({ pointer: '', problem: 'must give a name, a config or a secret' }))
  const parts = {
    config: config === undefined ? E.right(undefined) : pipe(known.decodeConfig(config), E.mapLeft(below('config'))),
    secret: secret === undefined ? E.right(undefined) : pipe(known.decodeSecret(secret), E.mapLeft(below('secret'))),
  }
  return E.isRight(parts.config) && E.isRight(parts.secret)
    ? E.right({ name, config: parts.config.right, secret: parts.secret.right })
    : E.left(badRequest(...problemsIn(parts.config, parts.secret)))
}

/** Configuration and secret as the connection's type wants them. */
export const checkConnection = ({
  name,
  type,
  config,
  secret,
}: ConnectionBody): E.Either<BadRequest, CheckedConnection> => {
  const known = connectionTypeOf(type)
  if (known === undefined) {
    const types = connectionTypes.map((each) => each.type).join(', ')
    return E.left(badRequest({ pointer: '/type', problem: `must be one of ${types}` }))
  }
  const parts = partsOf(known, config, secret)
  return E.isRight(parts.config) && E.isRight(parts.secret)
    ? E.right({ name, connection_type: type, config: parts.config.right, secret: parts.secret.right })
    : E.left(badRequest(...problemsIn(parts.config, parts.secret)))
}
