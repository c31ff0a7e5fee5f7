import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as t from 'io-ts'
import { isAddressNotAllowed } from '../../outgoing/address'
import type { OutgoingAnswer } from '../../outgoing/http'
import { redacted } from '../../../domain/redaction'
import { stepFault } from '../../steps/faults'
import type { StepFault } from '../../steps/step-run'

export const provider = 'HubSpot'

const optionalText = t.union([t.string, t.undefined])
const scopes = t.union([t.array(t.string), t.undefined])

/** https://developers.hubspot.com/docs/api-reference/error-handling */
const Refusal = t.type({
  category: optionalText,
  message: optionalText,
  status: optionalText,
  error: optionalText,
  errors: t.union([
    t.array(
      t.type({
        context: t.union([t.type({ requiredScopes: scopes, requiredGranularScopes: scopes }), t.undefined]),
      }),
    ),
    t.undefined,
  ]),
})
type Refusal = t.TypeOf<typeof Refusal>

const nothing: Refusal = {
  category: undefined,
  message: undefined,
  status: undefined,
  error: undefined,
  errors: undefined,
}

export const jsonOf = ({ body }: Pick<OutgoingAnswer, 'body'>): unknown => {
  try {
    return JSON.parse(body.toString('utf8')) as unknown
  } catch {
    return undefined
  }
}

const refusalIn = (answer: OutgoingAnswer): Refusal =>
  pipe(
    Refusal.decode(jsonOf(answer)),
    E.getOrElse(() => nothing),
  )

const longestWords = 300
const mostScopes = 10

/** What was asked, as far as it may be told: no token stands in it. */
export type Asked = {
  /** Such as `GET /crm/v3/objects/deals/1`. */
  readonly what: string
  /** As people call it. */
  readonly resource: string
  readonly record?: string
  readonly secrets: ReadonlyArray<string>
  /** What a status means here and nowhere else. */
  readonly refusal?: (status: number, tech: string) => StepFault | undefined
}

const techOf = ({ what, secrets }: Asked, { status }: OutgoingAnswer, { category, message, ...rest }: Refusal) =>
  redacted(
    [`${what}: ${status}`, category ?? rest.error ?? rest.status ?? '', (message ?? '').slice(0, longestWords)]
      .filter((part) => part !== '')
      .join(' '),
    secrets,
  )

const scopesIn = ({ errors = [] }: Refusal): ReadonlyArray<string> => [
  ...new Set(
    errors.flatMap(({ context }) => [...(context?.requiredGranularScopes ?? []), ...(context?.requiredScopes ?? [])]),
  ),
]

const longestWaitMs = 60_000

/** How long HubSpot asks to wait, ms, at most a minute; undefined when it does not say. RFC 9110 10.2.3. */
const retryAfter = ({ headers }: OutgoingAnswer): number | undefined => {
  const said = headers['retry-after']
  if (said === undefined) return undefined
  const ms = /^\d+$/.test(said) ? Number(said) * 1_000 : Date.parse(said) - Date.now()
  return Number.isNaN(ms) ? undefined : Math.min(longestWaitMs, Math.max(0, ms))
}

const denied = (asked: Asked, refusal: Refusal, tech: string): StepFault =>
  refusal.category === 'MISSING_SCOPES'
    ? stepFault(
        'permissions.scope_missing',
        { provider, scopes: scopesIn(refusal).slice(0, mostScopes).join(', ') || asked.resource },
        tech,
      )
    : stepFault('permissions.resource_denied', { provider, resource: asked.resource }, tech)

/** What an answer that is not 2xx means for a step; what may pass is tried again. */
export const faultOfAnswer = (asked: Asked, answer: OutgoingAnswer): StepFault => {
  const refusal = refusalIn(answer)
  const tech = techOf(asked, answer, refusal)
  const { status } = answer
  const own = asked.refusal?.(status, tech)
  if (own !== undefined) return own
  if (status === 401)
    return stepFault(
      refusal.category === 'EXPIRED_AUTHENTICATION' ? 'permissions.token_expired' : 'permissions.token_revoked',
      { provider },
      tech,
    )
  if (status === 403) return denied(asked, refusal, tech)
  // an id of another form is answered 400
  if (asked.record !== undefined && (status === 404 || status === 410 || status === 400))
    return stepFault('data.source_object_not_found', { id: asked.record, provider }, tech)
  if (status === 429) {
    const retryAfterMs = retryAfter(answer)
    const fault = stepFault('rate_limited', { provider }, tech, true)
    return retryAfterMs === undefined ? fault : { ...fault, retryAfterMs }
  }
  return stepFault('service_unavailable', { provider }, tech, true)
}

/** An answer of 2xx that is not what it should be. */
export const garbled = ({ what }: Asked): StepFault =>
  stepFault('service_unavailable', { provider }, `${what}: an answer that is not understood`, true)

/** Without an answer. */
export const faultOfSilence = ({ what, secrets }: Asked, host: string, error: unknown): StepFault => {
  const words = error instanceof Error ? error.message : 'unknown'
  const tech = redacted(`${what}: ${words.slice(0, longestWords)}`, secrets)
  return isAddressNotAllowed(error)
    ? stepFault('permissions.address_not_allowed', { host }, tech)
    : stepFault('service_unavailable', { provider }, tech, true)
}
