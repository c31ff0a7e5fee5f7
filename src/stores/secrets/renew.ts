import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import * as E from 'fp-ts/Either'
import type { Knex } from 'knex'
import type { ConnectionId, OrganizationId } from '../../domain/ids'
import type { JsonObject } from '../../domain/json'
import type { Sealed } from './seal'
import type { Renewal, SecretOutcome, SecretStore, SecretStoreUnavailable } from './secret-store'

/** How a secret is sealed for its place, and opened there. */
export type Sealing = {
  readonly seal: (organization: OrganizationId, connection: ConnectionId, secret: JsonObject) => Sealed
  readonly open: (organization: OrganizationId, connection: ConnectionId, sealed: Sealed) => SecretOutcome
  readonly unavailable: (error: unknown) => SecretStoreUnavailable
}

type Row = Sealed & { readonly revision: string; readonly mine: boolean }

/** Longer than a renewal may take: whoever does not come back died at it. */
const leaseSeconds = 15
const lookEveryMs = 50
const looksAtMost = (2 * leaseSeconds * 1_000) / lookEveryMs

/** What is stored, and whether its renewal is now this one's to do. */
const claim = `
  WITH claimed AS (
    UPDATE connection_secrets SET renewed_by = :by, renewed_until = now() + make_interval(secs => ${leaseSeconds})
    WHERE organization_id = :organization AND connection_id = :connection AND key_id IS NOT NULL
      AND (renewed_until IS NULL OR renewed_until < now())
    RETURNING key_id, nonce, ciphertext, tag, revision)
  SELECT *, true AS mine FROM claimed
  UNION ALL
  SELECT key_id, nonce, ciphertext, tag, revision, false FROM connection_secrets
    WHERE organization_id = :organization AND connection_id = :connection AND key_id IS NOT NULL
      AND NOT EXISTS (SELECT FROM claimed)`

/** A secret that was given anew meanwhile stays; so does one whose renewal somebody else has taken up. */
const keep = `
  UPDATE connection_secrets SET key_id = :key_id, nonce = :nonce, ciphertext = :ciphertext, tag = :tag, updated_at = now()
  WHERE organization_id = :organization AND connection_id = :connection AND renewed_by = :by AND revision = :revision
  RETURNING connection_id`

const release = `
  UPDATE connection_secrets SET renewed_by = NULL, renewed_until = NULL
  WHERE organization_id = :organization AND connection_id = :connection AND renewed_by = :by`

type Place = { readonly organization: OrganizationId; readonly connection: ConnectionId; readonly by: string }
type Outcome<Failure> = E.Either<SecretStoreUnavailable | Failure, SecretOutcome>

const rowsOf = async <A>(knex: Knex, sql: string, bindings: Readonly<Record<string, Knex.RawBinding>>) =>
  (await knex.raw<{ readonly rows: ReadonlyArray<A> }>(sql, bindings)).rows

/** No connection to the database is held while the provider is asked: who claims has the row's word for it. */
export const renewing = (knex: Knex, { seal, open, unavailable }: Sealing): SecretStore['renew'] => {
  const renewed = async <Failure>(
    place: Place,
    { revision }: Row,
    secret: JsonObject,
    { renew }: Renewal<Failure>,
  ): Promise<Outcome<Failure> | undefined> => {
    const made = await renew(secret)()
    if (E.isLeft(made)) return made
    const { organization, connection } = place
    const sealed = seal(organization, connection, made.right)
    const kept = await rowsOf(knex, keep, { ...place, ...sealed, revision })
    return kept.length > 0 ? E.right(E.right(made.right)) : undefined
  }

  /** Undefined: look again. */
  const look = async <Failure>(place: Place, renewal: Renewal<Failure>): Promise<Outcome<Failure> | undefined> => {
    const [row] = await rowsOf<Row>(knex, claim, place)
    if (row === undefined) return E.right(E.right(undefined))
    try {
      const opened = open(place.organization, place.connection, row)
      if (E.isLeft(opened) || opened.right === undefined || !renewal.isDue(opened.right)) return E.right(opened)
      return row.mine ? await renewed(place, row, opened.right, renewal) : undefined
    } finally {
      if (row.mine) await knex.raw(release, place)
    }
  }

  const lookOften = async <Failure>(place: Place, renewal: Renewal<Failure>): Promise<Outcome<Failure>> => {
    try {
      for (let looks = 0; looks < looksAtMost; looks += 1) {
        const outcome = await look(place, renewal)
        if (outcome !== undefined) return outcome
        await pause(lookEveryMs)
      }
      return E.left(unavailable(new Error('others are at renewing it all the time')))
    } catch (error) {
      return E.left(unavailable(error))
    }
  }

  /** In one process, one look serves all who ask meanwhile. */
  const atWork = new Map<string, Promise<Outcome<unknown>>>()
  return <Failure>(organization: OrganizationId, connection: ConnectionId, renewal: Renewal<Failure>) =>
    (): Promise<Outcome<Failure>> => {
      const key = `${organization} ${connection}`
      const known = atWork.get(key)
      if (known !== undefined) return known as Promise<Outcome<Failure>>
      const begun = lookOften({ organization, connection, by: randomUUID() }, renewal).finally(() => atWork.delete(key))
      atWork.set(key, begun)
      return begun
    }
}
