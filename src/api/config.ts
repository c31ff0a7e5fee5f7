import * as E from 'fp-ts/Either'
import * as t from 'io-ts'
import { Optional, or, parsed, Text, whole } from '../process/config'
import { blobStoreFromUrl } from '../stores/blobs/from-url'
import { keyringOf } from '../stores/secrets/keyring'
import type { JwtKey } from './auth/jwt'

const shortestSecret = 32

/** A key for JWTs that may be missing; only one way is used. */
const jwtKey = (name: string, parse: (text: string) => E.Either<string, JwtKey>) =>
  new t.Type<JwtKey | undefined, string>(
    name,
    (u): u is JwtKey | undefined => u === undefined || typeof u === 'object',
    (u, c) => {
      if (u === undefined || u === '') return t.success(undefined)
      const key = typeof u === 'string' ? parse(u) : E.left('must be text')
      return E.isLeft(key) ? t.failure(u, c, key.left) : t.success(key.right)
    },
    () => '',
  )

const secret = (text: string): E.Either<string, JwtKey> =>
  Buffer.byteLength(text) >= shortestSecret
    ? E.right({ kind: 'secret', secret: text })
    : E.left(`must have at least ${shortestSecret} bytes`)

// A line break cannot stand in every kind of environment file.
const publicKey = (text: string): E.Either<string, JwtKey> => {
  const pem = text.replaceAll('\\n', '\n').trim()
  return pem.startsWith('-----BEGIN PUBLIC KEY-----')
    ? E.right({ kind: 'public', pem })
    : E.left('must be a public key in PEM: -----BEGIN PUBLIC KEY-----')
}

const jwks = (text: string): E.Either<string, JwtKey> =>
  /^https?:\/\//.test(text) && URL.canParse(text)
    ? E.right({ kind: 'jwks', url: text })
    : E.left('must be the http(s) address of a key set')

export const ApiConfig = t.type({
  PORT: or(whole(0, 65_535), '5000'),
  HOST: or(Text, '127.0.0.1'),
  EVENTSTORE_URL: Text,
  DATABASE_URL: Text,
  /** Without it live streams are read from the log. */
  REDIS_URL: Optional,
  BLOB_URL: parsed('BLOB_URL', blobStoreFromUrl),
  DOCG_SECRET_KEY: parsed('DOCG_SECRET_KEY', keyringOf),
  JWT_SECRET: jwtKey('JWT_SECRET', secret),
  JWT_PUBLIC_KEY: jwtKey('JWT_PUBLIC_KEY', publicKey),
  JWT_JWKS_URL: jwtKey('JWT_JWKS_URL', jwks),
  /** `allow` lets a connection be tried on loopback and private addresses: for development. */
  OUTGOING_PRIVATE_ADDRESSES: or(t.keyof({ allow: null, refuse: null }), 'refuse'),
  /** Folder that `file:` destinations must lie under. */
  STORAGE_ROOT: Optional,
  /** As the worker has it: whether reviews can be asked for. */
  SMTP_URL: Optional,
  /** How HubSpot reaches the API: its signatures cover the address. */
  PUBLIC_URL: or(Text, 'http://localhost:5000'),
  LOG_LEVEL: or(Text, 'info'),
})
export type ApiConfig = t.TypeOf<typeof ApiConfig>
