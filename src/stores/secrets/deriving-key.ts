import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import type { Knex } from 'knex'
import type { Keyring } from './keyring'
import { type Sealed, seal, unseal } from './seal'
import type { SecretStoreUnavailable, SecretUnreadable } from './secret-store'

/** What the key is bound to: sealed as this, it opens as no connection's secret. */
export const derivingKeyPlace = 'deriving key'

const unavailable = (error: unknown): SecretStoreUnavailable => ({
  _tag: 'SecretStoreUnavailable',
  reason: error instanceof Error ? error.message : 'unknown',
})

const opened = (keys: Keyring, sealed: Sealed): E.Either<SecretUnreadable, Uint8Array> =>
  E.tryCatch(
    () => Buffer.from(unseal(keys, derivingKeyPlace, sealed), 'base64'),
    () => ({
      _tag: 'SecretUnreadable',
      reason: `sealed with key ${sealed.key_id}, which DOCG_SECRET_KEY does not hold`,
    }),
  )

const insert = 'INSERT INTO deriving_key (key_id, nonce, ciphertext, tag) VALUES (?, ?, ?, ?) ON CONFLICT (is_only)'

const put = (knex: Knex, keys: Keyring, onConflict: string): Promise<unknown> => {
  const { key_id, nonce, ciphertext, tag } = seal(keys, derivingKeyPlace, randomBytes(32).toString('base64'))
  return knex.raw(`${insert} ${onConflict}`, [key_id, nonce, ciphertext, tag])
}

const read = async (knex: Knex): Promise<Sealed | undefined> => {
  const { rows } = await knex.raw<{ readonly rows: ReadonlyArray<Sealed> }>(
    'SELECT key_id, nonce, ciphertext, tag FROM deriving_key',
  )
  return rows[0]
}

/**
 * 32 bytes that hashes of requests, webhooks' tokens and links in mails are derived from. They are made once for a database and only sealed with
 * DOCG_SECRET_KEY: what was derived stays the same when that key is changed, and nobody who has the log alone can guess it.
 */
export const derivingKey = (
  knex: Knex,
  keys: Keyring,
): TE.TaskEither<SecretStoreUnavailable | SecretUnreadable, Uint8Array> =>
  pipe(
    TE.tryCatch(async () => {
      const known = await read(knex)
      if (known !== undefined) return known
      await put(knex, keys, 'DO NOTHING')
      return read(knex)
    }, unavailable),
    TE.chainW(TE.fromNullable<SecretStoreUnavailable>({ _tag: 'SecretStoreUnavailable', reason: 'nothing was kept' })),
    TE.chainEitherKW((sealed) => opened(keys, sealed)),
  )

/** Makes another one where no key opens the one there is, and nowhere else: links that mails carry stay good, request hashes are new. */
export const renewDerivingKey = (
  knex: Knex,
  keys: Keyring,
): TE.TaskEither<SecretStoreUnavailable, 'renewed' | 'readable'> =>
  pipe(
    derivingKey(knex, keys),
    TE.map(() => 'readable' as const),
    TE.orElse((error) =>
      error._tag === 'SecretStoreUnavailable'
        ? TE.left(error)
        : TE.tryCatch(async () => {
            await put(
              knex,
              keys,
              `DO UPDATE SET key_id = excluded.key_id, nonce = excluded.nonce, ciphertext = excluded.ciphertext,
                 tag = excluded.tag, updated_at = now()`,
            )
            return 'renewed' as const
          }, unavailable),
    ),
  )

const againMs = 1_000

/** Waits while PostgreSQL is away. Throws when no key opens it: a process that went on would derive something else than the others. */
export const waitForDerivingKey = async (
  knex: Knex,
  keys: Keyring,
  warn: (reason: string) => void,
): Promise<Uint8Array> => {
  for (;;) {
    const found = await derivingKey(knex, keys)()
    if (E.isRight(found)) return found.right
    if (found.left._tag === 'SecretUnreadable')
      throw new Error(
        `what is derived from needs a key that is not in DOCG_SECRET_KEY (${found.left.reason}); put it behind the new one with a comma between, or, if it is lost: npm run admin -- secrets renew`,
      )
    warn(found.left.reason)
    await pause(againMs)
  }
}
