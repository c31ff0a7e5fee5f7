import { pipe } from 'fp-ts/function'
import * as RA from 'fp-ts/ReadonlyArray'
import * as TE from 'fp-ts/TaskEither'
import { adviceFor } from '../../domain/messages/actions'
import { domains } from '../../domain/messages/entry'
import { type Found, renderFound } from '../../domain/messages/issue'
import { exactObject, oneOf, truth } from '../../domain/exact'
import { type Phase, phases } from '../../domain/execution/plan'
import { technicalText } from '../../domain/fault'
import { type OrganizationId, WorkflowId } from '../../domain/ids'
import { JsonObject } from '../../domain/json'
import type { LoadError } from '../../domain/load'
import { loadConnection, loadOwned } from '../../domain/owned'
import { template, templateStream } from '../../domain/template'
import type { Reader } from '../../domain/visibility'
import { type Node, workflowDefinition, workflowDefinitionStream } from '../../domain/workflow-definition'
import { type ChecksUnavailable, gather, type PreflightFinding } from '../../nodes/preflight'
import type { ExecutionRow } from '../../projections/executions/queries'
import { ok } from '../answer'
import { mayOperate, mayRead } from '../auth/role'
import { ignoreBody, jsonBody } from '../body/json'
import type { Commanding } from '../deps'
import type { ApiError } from '../error'
import { idIn } from '../id'
import { owned, type Reading } from '../owned'
import { noQuery } from '../query'
import { type ReadingRuns, runAsked, runQuery } from './reading'

/** What a run is begun with, and for. */
export type Wanted = {
  readonly trigger: JsonObject
  readonly dryRun: boolean
  readonly untilPhase: Phase | null
}

export type Checking = Pick<Commanding, 'canMail' | 'checks' | 'probes'> & { readonly store: Reading }

/** The verdict on a run that is not begun: the same checks as those of one that is. */
export const findingsFor =
  ({ store, canMail, checks, probes }: Checking, organization: OrganizationId) =>
  (
    nodes: ReadonlyArray<Node>,
    { trigger, dryRun, untilPhase }: Wanted,
  ): TE.TaskEither<LoadError | ChecksUnavailable, ReadonlyArray<PreflightFinding>> => {
    const purpose = { dryRun, untilPhase: untilPhase ?? undefined }
    return pipe(
      gather({
        template: (id) =>
          pipe(
            loadOwned(store)(template)(templateStream(id), organization),
            TE.map((found) =>
              found === undefined ? undefined : { version: found.state.latest, newest: found.state.latest.version },
            ),
          ),
        connection: (id) => loadConnection(store)(id, organization),
        canMail,
        probes,
      })(nodes, { trigger, purpose }),
      TE.chainW((facts) => checks({ nodes, facts, purpose, owner: organization })),
      TE.map(RA.map((found) => ({ ...found, tech: technicalText(found.tech) }))),
    )
  }

/** The guide's F2 shape. `groups` always names all five domains. */
const shownVerdict = (reader: Reader, findings: ReadonlyArray<Found>) => {
  const rendered = findings.map(renderFound(reader))
  const blocking = rendered.filter(({ severity }) => severity === 'blocking')
  return {
    can_execute: blocking.length === 0,
    blocking,
    warnings: rendered.filter(({ severity }) => severity === 'warning'),
    recommended_actions: adviceFor(findings, reader),
    groups: Object.fromEntries(domains.map((domain) => [domain, rendered.filter((issue) => issue.domain === domain)])),
  }
}

const body = jsonBody(
  exactObject('Preflight', { trigger_data: JsonObject }, { dry_run: truth, until_phase: oneOf(...phases) }),
)

/** Whether a run with these data would succeed, as far as can be known; nothing is begun, nothing stored. */
export const preflightWorkflow = ({ on, ...deps }: Commanding) =>
  on.route({
    roles: mayOperate,
    query: noQuery,
    body,
    handle: (call) =>
      pipe(
        TE.fromEither<ApiError, WorkflowId>(idIn(call.req, WorkflowId)),
        TE.chainW((id) =>
          owned(deps.store)(workflowDefinition)(workflowDefinitionStream(id), call.caller.organization),
        ),
        TE.chainW(({ state }) =>
          findingsFor(deps, call.caller.organization)(state.nodes, {
            trigger: call.body.trigger_data,
            dryRun: call.body.dry_run ?? false,
            untilPhase: call.body.until_phase ?? null,
          }),
        ),
        TE.map((findings) => ok(shownVerdict(call, findings))),
      ),
  })

/** The summary of a run's row, in the reader's language. */
export const shownSummary = (reader: Reader, { preflight_summary }: Pick<ExecutionRow, 'preflight_summary'>) => {
  if (preflight_summary === null) return null
  const { findings, ...rest } = preflight_summary
  return { ...rest, ...shownVerdict(reader, findings) }
}

const notYet = { can_execute: null, completed_at: null, blocking: [], warnings: [], recommended_actions: [] }

/** What the checks of a run found; `can_execute` is null until they have run. */
export const readPreflight = (deps: ReadingRuns) =>
  deps.on.route({
    roles: mayRead,
    query: runQuery,
    body: ignoreBody,
    handle: (call) =>
      pipe(
        runAsked(deps)(call),
        TE.map(({ row, position }) =>
          ok(shownSummary(call, row) ?? { ...notYet, groups: Object.fromEntries(domains.map((one) => [one, []])) }, {
            revision: row.revision,
            position,
          }),
        ),
      ),
  })
