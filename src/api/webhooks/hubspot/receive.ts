import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import * as t from 'io-ts'
import { type Connection, connection, connectionStream, isUsable } from '../../../domain/connection'
import { CommandId, ConnectionId, derivedId } from '../../../domain/ids'
import { load } from '../../../domain/load'
import type { Workflow } from '../../../domain/workflow-definition'
import { HubSpotConfig, HubSpotSecret } from '../../../nodes/connections/hubspot/config'
import { eventsIn, type HubSpotEvent, isStartedBy } from '../../../nodes/hubspot/events'
import type { SecretStore } from '../../../stores/secrets/secret-store'
import type { Answer } from '../../answer'
import { readBytes } from '../../body/bytes'
import { ignoreBody, jsonIn } from '../../body/json'
import { headerOf } from '../../context'
import type { Commanding } from '../../deps'
import type { ApiError } from '../../error'
import { type Started } from '../../executions/first-result'
import { startExecution } from '../../executions/start'
import type { OpenCall } from '../../on'
import type { Told } from '../../owned'
import { noQuery } from '../../query'
import { isRecent, isSignedBy } from './signature'
import { type WorkflowLookup, workflowsOf } from './workflows'

type Deps = Omit<Commanding, 'store'> &
  WorkflowLookup & {
    readonly store: Commanding['store']
    readonly secrets: Pick<SecretStore, 'get'>
    /** How HubSpot reaches the API: what it signs begins with it. */
    readonly publicUrl: string
  }

/** A hundred events of less than a kilobyte each. */
const bodyLimit = 262_144
const mostEvents = 100
const startsAtOnce = 10
/** HubSpot waits five seconds for an answer; it sends what was not accepted again. */
const longestMs = 4_000

/** Whatever is wrong with it: who cannot sign learns nothing. */
const unverified: ApiError = { _tag: 'Unauthenticated', reason: 'unknown' }

type Verified = { readonly state: Connection; readonly body: Buffer }

const addressed = ({ store }: Pick<Deps, 'store'>, { params }: OpenCall['req']): TE.TaskEither<ApiError, Connection> =>
  pipe(
    TE.fromEither(ConnectionId.decode(params['connection_id'])),
    TE.mapLeft(() => unverified),
    TE.chainW((id) => load(store)(connection)(connectionStream(id))),
    TE.chainW(({ state }) =>
      isUsable(state) && state.connectionType === 'hubspot' ? TE.right(state) : TE.left(unverified),
    ),
  )

const signingSecretOf = (
  { secrets }: Deps,
  { organizationId, connectionId }: Connection,
): TE.TaskEither<ApiError, string> =>
  pipe(
    secrets.get(organizationId, connectionId),
    TE.mapLeft((error): ApiError => error),
    TE.chain((stored) => {
      const secret = E.isRight(stored) ? HubSpotSecret.decode(stored.right) : undefined
      const signing = secret !== undefined && E.isRight(secret) ? secret.right.client_secret : undefined
      return signing === undefined ? TE.left(unverified) : TE.right(signing)
    }),
  )

const verified = (deps: Deps, { req }: OpenCall): TE.TaskEither<ApiError, Verified> => {
  const timestamp = headerOf(req, 'x-hubspot-request-timestamp') ?? ''
  const signature = headerOf(req, 'x-hubspot-signature-v3') ?? ''
  const uri = deps.publicUrl.replace(/\/+$/, '') + req.originalUrl
  return pipe(
    TE.fromEither(isRecent(timestamp, Date.now()) && signature !== '' ? E.right(undefined) : E.left(unverified)),
    TE.chain<ApiError, undefined, Buffer>(() => readBytes(req, bodyLimit)),
    TE.bindTo('body'),
    TE.bindW('state', () => addressed(deps, req)),
    TE.chainFirstW(({ body, state }) =>
      pipe(
        signingSecretOf(deps, state),
        TE.filterOrElseW(
          (secret) => isSignedBy(secret, { method: req.method, uri, body, timestamp }, signature),
          () => unverified,
        ),
      ),
    ),
  )
}

const isOfAccount = ({ config }: Connection, { portalId }: HubSpotEvent): boolean => {
  const decoded = HubSpotConfig.decode(config)
  return E.isRight(decoded) && (decoded.right.portal_id === undefined || decoded.right.portal_id === portalId)
}

type Due = { readonly event: HubSpotEvent; readonly workflow: Told<Workflow> }

/** The run's id follows from the event and the workflow: the log itself takes it once, however often the event comes. */
const start = (
  deps: Deps,
  call: OpenCall,
  { connectionId, organizationId }: Connection,
  { event, workflow }: Due,
): TE.TaskEither<ApiError, Started> => {
  const { workflowId } = workflow.state
  const commandId = derivedId(CommandId, connectionId, 'hubspot', event.identity, workflowId)
  return startExecution(deps)(
    workflow,
    { trigger: event.triggerData, dryRun: false, untilPhase: null, checked: false },
    {
      commandId,
      commandHash: deps.keyed.hashOfRequest('POST', `/webhooks/hubspot/${connectionId}`, [event.identity, workflowId]),
      correlationId: call.correlationId,
      causationId: commandId,
      actor: { type: 'webhook', id: connectionId },
      organization: organizationId,
      traceparent: call.traceparent,
    },
    true,
  )
}

const late: ApiError = { _tag: 'TooBusy' }

/** Some at a time, as long as HubSpot waits; those that were started stay so, and are not started again when it asks again. */
const startAll = (deps: Deps, call: OpenCall, state: Connection, due: ReadonlyArray<Due>) => {
  const end = performance.now() + longestMs
  const from = (place: number, before: ReadonlyArray<Started>): TE.TaskEither<ApiError, ReadonlyArray<Started>> => {
    if (place >= due.length) return TE.right(before)
    if (performance.now() > end) return TE.left(late)
    return pipe(
      due.slice(place, place + startsAtOnce),
      TE.traverseArray((one) => start(deps, call, state, one)),
      TE.chain((started) => from(place + startsAtOnce, [...before, ...started])),
    )
  }
  return from(0, [])
}

const accepted = (received: number, started: ReadonlyArray<Started>): Answer => ({
  status: 202,
  headers: {},
  body: {
    json: {
      received,
      count: started.length,
      executions: started.map(({ executionId }) => executionId),
    },
  },
})

const elements = jsonIn(
  new t.Type<ReadonlyArray<unknown>, unknown>(
    'events',
    (u): u is ReadonlyArray<unknown> => Array.isArray(u),
    (u, c) => {
      if (!Array.isArray(u)) return t.failure(u, c, 'must be a list of events')
      return u.length > mostEvents ? t.failure(u, c, `must have at most ${mostEvents} events`) : t.success(u)
    },
    t.identity,
  ),
)

/**
 * HubSpot tells what happened to records: each event starts the workflows that wait for it, once. 202 says that all of them are in the log; 503 that
 * a part of docg is away, and HubSpot sends the same again, for about a day.
 */
export const receiveHubSpot = (deps: Deps) =>
  deps.on.openRoute({
    query: noQuery,
    body: ignoreBody,
    handle: (call) =>
      pipe(
        verified(deps, call),
        TE.bindW('elements', ({ body }) => elements(body)),
        TE.bindW('due', ({ state, elements }): TE.TaskEither<ApiError, ReadonlyArray<Due>> => {
          const events = eventsIn(elements).filter((event) => isOfAccount(state, event))
          if (events.length === 0) return TE.right([])
          return pipe(
            workflowsOf(deps, state.organizationId, state.connectionId),
            TE.map((workflows) =>
              events.flatMap((event) =>
                workflows
                  .filter((workflow) => isStartedBy(workflow.state.nodes[0], state.connectionId, event))
                  .map((workflow) => ({ event, workflow })),
              ),
            ),
          )
        }),
        TE.bindW('started', ({ state, due }) => startAll(deps, call, state, due)),
        TE.map(({ elements, started }) => accepted(elements.length, started)),
      ),
  })
