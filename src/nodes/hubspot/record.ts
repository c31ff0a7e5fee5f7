import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import * as t from 'io-ts'
import type { Draft } from '../../domain/exact'
import type { JsonObject } from '../../domain/json'
import type { SecretStore } from '../../stores/secrets/secret-store'
import { type AccessToken, accessToken, type HubSpotLogin } from '../connections/hubspot/access-token'
import type { Asked } from '../connections/hubspot/answer'
import { askHubSpot, type HubSpotApi } from '../connections/hubspot/client'
import type { Finding } from '../contract'
import { stepFault } from '../steps/faults'
import type { StepFault, Unavailable } from '../steps/step-run'
import type { HubSpotTriggerConfig } from './config'
import { objectTypeOf, pathOfType } from './object-type'

/** Fields of the trigger's data that may name the record, the first that is there. */
const idFields = (type: string): ReadonlyArray<string> => [
  'object_id',
  'hs_object_id',
  'objectId',
  `${objectTypeOf(type)}_id`,
]

const idForm = /^[A-Za-z0-9_-]{1,64}$/

/** The record that a run is about, as what began it names it. */
export const recordId = (type: string, trigger: JsonObject): E.Either<Finding, string> => {
  const fields = idFields(type)
  const field = fields.find((name) => trigger[name] !== undefined && trigger[name] !== null && trigger[name] !== '')
  if (field === undefined)
    return E.left({
      code: 'data.missing_required_field',
      params: { count: 1, fields: `${objectTypeOf(type)}_id` },
      tech: `none of ${fields.join(', ')} is in the trigger's data`,
    })
  const value = trigger[field]
  const id = typeof value === 'number' ? String(value) : value
  return typeof id === 'string' && idForm.test(id)
    ? E.right(id)
    : E.left({ code: 'data.invalid_format', params: { field, expected: 'record' }, tech: `${field} is not an id` })
}

const HubSpotRecord = t.intersection([
  t.type({ id: t.string, properties: t.record(t.string, t.union([t.string, t.null])) }),
  t.partial({ createdAt: t.string, updatedAt: t.string }),
])
type HubSpotRecord = t.TypeOf<typeof HubSpotRecord>

/** What stands beside what began the run in its log: two of these fit into one event with room to spare. */
const largest = 131_072

const storable = (value: string | null): string | null =>
  value === null ? null : value.replaceAll('\0', '').replaceAll(/\p{Surrogate}/gu, '\uFFFD')

/** Its properties at the root. */
const lifted = ({ id, properties }: HubSpotRecord): JsonObject => ({
  ...Object.fromEntries(
    Object.entries(properties)
      .filter(([name]) => name !== '__proto__')
      .map(([name, value]) => [storable(name) ?? '', storable(value)]),
  ),
  hs_object_id: id,
})

const bounded = (data: JsonObject): E.Either<StepFault, JsonObject> => {
  const bytes = Buffer.byteLength(JSON.stringify(data))
  return bytes <= largest
    ? E.right(data)
    : E.left(
        stepFault(
          'data.payload_too_large',
          { limit: `${largest / 1_024} kB` },
          `the record has ${bytes} bytes; ask for some of its properties`,
        ),
      )
}

const isRejected = ({ fault }: StepFault): boolean =>
  ['permissions.token_expired', 'permissions.token_revoked'].includes(fault.code)

type Wanted = Pick<Draft<HubSpotTriggerConfig>, 'source_object_type' | 'trigger_config'>

/**
 * A record with its properties at the root, as HubSpot has it now. A token that is not taken any more though its time is not over is renewed once.
 */
export const fetchRecord = (
  { source_object_type = '', trigger_config = {} }: Wanted,
  id: string,
  login: HubSpotLogin,
  api: HubSpotApi,
  secrets: Pick<SecretStore, 'renew'>,
): TE.TaskEither<StepFault | Unavailable, JsonObject> => {
  const place = `/crm/v3/objects/${encodeURIComponent(pathOfType(source_object_type))}/${encodeURIComponent(id)}`
  const { properties = [] } = trigger_config
  const query =
    properties.length === 0 ? '' : `?${new URLSearchParams({ properties: properties.join(',') }).toString()}`
  const fetchWith = ({ token, secrets: unspoken }: AccessToken): TE.TaskEither<StepFault, JsonObject> => {
    const resource = `${objectTypeOf(source_object_type)} ${id}`
    const asked: Asked = { what: `GET ${place}`, resource, record: id, secrets: unspoken }
    const headers = { authorization: `Bearer ${token}` }
    return pipe(
      askHubSpot(api, { method: 'GET', path: place + query, headers, answer: HubSpotRecord }, asked),
      TE.chainEitherK((record) => bounded(lifted(record))),
    )
  }
  return pipe(
    accessToken(login, api, secrets),
    TE.chainW((token) =>
      pipe(
        fetchWith(token),
        TE.orElseW((stop) =>
          token.kind === 'oauth' && isRejected(stop)
            ? pipe(accessToken(login, api, secrets, token.token), TE.chainW(fetchWith))
            : TE.left(stop),
        ),
      ),
    ),
  )
}
