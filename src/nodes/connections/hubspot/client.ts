import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import type * as t from 'io-ts'
import { exchange, type OutgoingRequest } from '../../outgoing/http'
import type { OutgoingPolicy } from '../../outgoing/policy'
import type { StepFault } from '../../steps/step-run'
import { type Asked, faultOfAnswer, faultOfSilence, garbled, jsonOf } from './answer'
import type { HubSpotConfig } from './config'

const hubSpot = 'https://api.hubapi.com'

/** More than a record with every property that it may have. */
const mostBytes = 1_048_576

export type HubSpotApi = {
  readonly config: HubSpotConfig
  readonly policy: OutgoingPolicy
  /** For one request. */
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

type Call<A> = Omit<OutgoingRequest, 'url'> & { readonly path: string; readonly answer: t.Type<A, unknown> }

const urlOf = ({ base_url = hubSpot }: HubSpotConfig, path: string): URL => new URL(base_url.replace(/\/+$/, '') + path)

/** One request to HubSpot; what it answers, decoded. */
export const askHubSpot = <A>(
  { config, policy, timeoutMs, signal }: HubSpotApi,
  { path, answer, ...request }: Call<A>,
  asked: Asked,
): TE.TaskEither<StepFault, A> => {
  const url = urlOf(config, path)
  return pipe(
    TE.tryCatch(
      () => exchange({ ...request, url }, { policy, timeoutMs, mostBytes, signal }),
      (error) => faultOfSilence(asked, url.host, error),
    ),
    TE.chainEitherK((got) =>
      got.status >= 200 && got.status < 300
        ? pipe(
            answer.decode(jsonOf(got)),
            E.mapLeft(() => garbled(asked)),
          )
        : E.left(faultOfAnswer(asked, got)),
    ),
  )
}
