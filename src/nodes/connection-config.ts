import { isIP } from 'node:net'
import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as t from 'io-ts'
import { type DecodeProblem, problemsOf } from '../domain/decode-problems'
import type { JsonObject } from '../domain/json'
import { addressOf, mailboxOf } from './email/address'
import { exactObject, text, wholeNumber } from '../domain/exact'
import { destinationOf } from './storage/destination-url'

const checkedText = (name: string, max: number, check: (value: string) => E.Either<string, unknown>) => {
  const plain = text(max)
  return new t.Type<string, unknown>(
    name,
    t.string.is,
    (u, c) => {
      const valid = plain.validate(u, c)
      if (E.isLeft(valid)) return valid
      const problem = check(valid.right)
      return E.isLeft(problem) ? t.failure(u, c, problem.left) : valid
    },
    t.identity,
  )
}

// a host is valid where it would be as an address's domain
const host = checkedText('host', 253, (value) =>
  isIP(value.replace(/^\[|\]$/g, '')) > 0 ? E.right(value) : addressOf(`x@${value}`),
)

export const SmtpConfig = exactObject(
  'SmtpConfig',
  { host, port: wholeNumber(1, 65_535), from: checkedText('from', 320, mailboxOf) },
  { secure: t.boolean },
)
export type SmtpConfig = t.TypeOf<typeof SmtpConfig>
export const SmtpSecret = exactObject('SmtpSecret', { user: text(500), password: text(2_000) }, {})
export type SmtpSecret = t.TypeOf<typeof SmtpSecret>

export const StorageConfig = exactObject('StorageConfig', { url: checkedText('url', 2_000, destinationOf) }, {})
export type StorageConfig = t.TypeOf<typeof StorageConfig>
export const StorageSecret = exactObject(
  'StorageSecret',
  { access_key_id: text(500), secret_access_key: text(2_000) },
  {},
)
export type StorageSecret = t.TypeOf<typeof StorageSecret>

export type ConnectionType = {
  readonly type: string
  readonly decodeConfig: (config: unknown) => E.Either<ReadonlyArray<DecodeProblem>, JsonObject>
  readonly decodeSecret: (secret: unknown) => E.Either<ReadonlyArray<DecodeProblem>, JsonObject>
}

const decoding =
  <A>(codec: t.Type<A, unknown>) =>
  (value: unknown): E.Either<ReadonlyArray<DecodeProblem>, JsonObject> =>
    pipe(
      codec.decode(value),
      E.bimap(problemsOf, (decoded) => decoded as unknown as JsonObject),
    )

export const connectionTypes: ReadonlyArray<ConnectionType> = [
  { type: 'smtp', decodeConfig: decoding(SmtpConfig), decodeSecret: decoding(SmtpSecret) },
  { type: 'storage', decodeConfig: decoding(StorageConfig), decodeSecret: decoding(StorageSecret) },
]

export const connectionTypeOf = (type: string): ConnectionType | undefined =>
  connectionTypes.find((known) => known.type === type)
