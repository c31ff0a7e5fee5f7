import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import type { Draft } from '../../domain/exact'
import type { JsonObject } from '../../domain/json'
import { pointingAt } from '../texts/foreseen'
import { connectedTo } from '../connections/connected'
import { checkConnection } from '../connections/check'
import { connectionMissing, findingOfFault, secretUnreadable } from '../connections/findings'
import { hubSpot as connection } from '../connections/hubspot'
import type { HubSpotLogin } from '../connections/hubspot/access-token'
import type { HubSpotApi } from '../connections/hubspot/client'
import type { Facts, Finding, LookUp, NodeType } from '../contract'
import { checkRequiredFields, lookedUpResult } from '../triggers'
import { faultOfFinding } from '../steps/faults'
import type { StepFault, StepResult, StepRun, StepStop, Unavailable } from '../steps/step-run'
import { HubSpotTriggerConfig } from './config'
import { objectTypeOf } from './object-type'
import { fetchRecord, recordId } from './record'

const { provider } = connection
/** Of the step's whole time a part, so that a renewed token still has its turn. */
const requestMs = 20_000
const lookUpMs = 2_800

type Findings = ReadonlyArray<Finding>

/** What does not answer now may answer when the step is at work. */
const findingOf = (stop: StepFault | Unavailable): Finding => {
  if (stop._tag === 'StepFault' && !stop.retryable) return findingOfFault(stop)
  const tech = stop._tag === 'Unavailable' ? stop.reason : stop.fault.personal.tech
  return { code: 'permissions.check_unavailable', params: { provider }, tech }
}

const loginOf = (
  id: Draft<HubSpotTriggerConfig>['source_connection_id'],
  { connection: find, secrets }: LookUp,
): TE.TaskEither<Findings, HubSpotLogin> => {
  const found = id === undefined ? undefined : find(id)
  const config = connection.config.decode(found?.config)
  // the check of the connection says so
  if (id === undefined || found === undefined || found.connectionType !== connection.type || E.isLeft(config))
    return TE.left([])
  const { organizationId } = found
  return pipe(
    secrets.get(organizationId, id),
    TE.mapLeft(({ reason }): Findings => [
      { code: 'permissions.check_unavailable', params: { provider }, tech: reason },
    ]),
    TE.chainEitherK((stored) => {
      if (E.isLeft(stored)) return E.left<Findings>([secretUnreadable(provider, stored.left.reason)])
      return pipe(
        connection.secret.decode(stored.right),
        E.bimap(
          (): Findings => [connectionMissing(provider, `connection ${id} has no token that could be used`)],
          (secret) => ({ config: config.right, secret, organizationId, connectionId: id }),
        ),
      )
    }),
  )
}

const lookUp = (config: Draft<HubSpotTriggerConfig>, asked: LookUp): TE.TaskEither<Findings, JsonObject> => {
  const { source_object_type = '' } = config
  const { trigger, outgoing: policy, signal, secrets } = asked
  return pipe(
    TE.fromEither(recordId(source_object_type, trigger)),
    TE.mapLeft((finding): Findings => [finding]),
    TE.bindTo('id'),
    TE.bind('login', () => loginOf(config.source_connection_id, asked)),
    TE.chain(({ id, login }) => {
      const api: HubSpotApi = { config: login.config, policy, timeoutMs: lookUpMs, signal }
      return pipe(
        fetchRecord(config, id, login, api, secrets),
        TE.mapLeft((stop): Findings => [findingOf(stop)]),
      )
    }),
  )
}

const check = (config: Draft<HubSpotTriggerConfig>, facts: Facts): Findings => [
  ...checkConnection(config.source_connection_id, connection, facts, '/source_connection_id'),
  ...(facts.source?.findings ?? []).map((finding) =>
    finding.code.startsWith('permissions.') ? pointingAt('/source_connection_id')(finding) : finding,
  ),
  ...checkRequiredFields(config, facts),
]

const execute = (config: HubSpotTriggerConfig, run: StepRun): TE.TaskEither<StepStop, StepResult> => {
  const { source_connection_id: connectionId, source_object_type } = config
  const { organizationId, outgoing: policy, signal, secrets, references } = run
  return pipe(
    TE.fromEither(recordId(source_object_type, references.trigger)),
    TE.mapLeft((finding): StepStop => faultOfFinding(finding)),
    TE.bindTo('id'),
    TE.bindW('connected', () => connectedTo(run, connectionId, connection)),
    TE.chainW(({ id, connected }) =>
      pipe(
        fetchRecord(
          config,
          id,
          { ...connected, organizationId, connectionId },
          { config: connected.config, policy, timeoutMs: requestMs, signal },
          secrets,
        ),
        TE.map((data) => lookedUpResult(data, id, objectTypeOf(source_object_type))),
      ),
    ),
  )
}

/** A run is about a record of HubSpot: its properties are what later steps refer to. */
export const hubSpot: NodeType<HubSpotTriggerConfig> = {
  node_type: 'hubspot',
  aliases: ['trigger'],
  kind: 'trigger',
  phase: 'trigger',
  attempts: 3,
  timeoutMs: 60_000,
  config: HubSpotTriggerConfig,
  missing: {
    source_connection_id: () => connectionMissing(provider, 'source_connection_id is missing'),
    source_object_type: null,
  },
  needs: ({ source_connection_id }) => ({
    templates: [],
    connections: source_connection_id === undefined ? [] : [source_connection_id],
  }),
  lookUp,
  check,
  fill: () => E.right(null),
  input: ({ source_object_type }, { references }) =>
    pipe(
      recordId(source_object_type, references.trigger),
      E.bimap(faultOfFinding, (id) => ({ source_object_type: objectTypeOf(source_object_type), source_object_id: id })),
    ),
  execute,
}
