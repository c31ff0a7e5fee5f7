import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as t from 'io-ts'
import type { DecodeProblem } from '../../domain/decode-problems'
import { exactObject, text } from '../../domain/exact'
import type { JsonObject } from '../../domain/json'
import { connectionTypeOf, connectionTypes } from '../../nodes/connection-config'
import { type BadRequest, badRequest } from '../error'

export const ConnectionBody = exactObject(
  'Connection',
  { name: text(200), type: text(50), config: t.unknown },
  { secret: t.unknown },
)
export type ConnectionBody = t.TypeOf<typeof ConnectionBody>

export type CheckedConnection = {
  readonly name: string
  readonly connection_type: string
  readonly config: JsonObject
  readonly secret: JsonObject | undefined
}

type Problems = ReadonlyArray<DecodeProblem>

const below = (field: string) => (problems: Problems) =>
  problems.map(({ pointer, problem }) => ({ pointer: `/${field}${pointer}`, problem }))

const problemsIn = (...results: ReadonlyArray<E.Either<Problems, unknown>>): Problems =>
  results.flatMap((result) => (E.isLeft(result) ? result.left : []))

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
  const checkedConfig = pipe(known.decodeConfig(config), E.mapLeft(below('config')))
  const checkedSecret: E.Either<Problems, JsonObject | undefined> =
    secret === undefined ? E.right(undefined) : pipe(known.decodeSecret(secret), E.mapLeft(below('secret')))
  return E.isRight(checkedConfig) && E.isRight(checkedSecret)
    ? E.right({ name, connection_type: type, config: checkedConfig.right, secret: checkedSecret.right })
    : E.left(badRequest(...problemsIn(checkedConfig, checkedSecret)))
}
