import { createHash } from 'node:crypto'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import type { Execution, RecordedFinding } from '../../domain/execution/state'
import { technicalText } from '../../domain/fault'
import type { NodeId, TemplateId } from '../../domain/ids'
import {
  type Checks,
  gather,
  isBlocking,
  merged,
  needsOf,
  type PreflightFacts,
  type PreflightFinding,
} from '../../nodes/preflight'
import { triggerOf } from '../../nodes/triggers'
import { unavailable } from '../../nodes/steps/faults'
import type { StepStop } from '../../nodes/steps/step-run'
import { type Attempting, untilCanceled } from './attempt'
import type { Catalog } from './catalog'
import { reportProbed, type Reporting } from './report-connection'
import type { RunCommands } from './run-commands'
import { lookAgain } from './stop'

/** A template whose version was chosen stays at it. */
const pinsOf = (ids: ReadonlyArray<TemplateId>, { templates }: PreflightFacts) =>
  ids.flatMap((template_id) => {
    const version = templates[template_id]?.version.version
    return version === undefined ? [] : [{ template_id, version }]
  })

const hashOf = (data: unknown): string => createHash('sha256').update(JSON.stringify(data)).digest('hex')

/** What was found of nodes that are not checked now stands. */
const together = (
  run: Execution,
  checked: ReadonlyArray<NodeId>,
  found: ReadonlyArray<PreflightFinding>,
): ReadonlyArray<RecordedFinding> => {
  const kept = run.preflight.findings.filter(({ node_id }) => node_id === null || !checked.includes(node_id))
  return merged([...kept, ...found])
}

/** A run whose cancel is asked for is looked at again. */
const checked = (
  deps: Pick<Attempting, 'checks' | 'onCancel'>,
  run: RunCommands,
  wanted: Omit<Parameters<Checks>[0], 'signal'>,
): TE.TaskEither<StepStop, ReadonlyArray<PreflightFinding>> =>
  untilCanceled(deps, run, (signal) =>
    pipe(
      deps.checks({ ...wanted, signal }),
      TE.mapLeft((error): StepStop => (signal.aborted ? lookAgain : unavailable(error))),
    )(),
  )

/** Somebody has looked at what was found, and perhaps done something about it. */
const isRepeated = ({ preflight: { at, round }, retryOf }: Execution): boolean =>
  at !== undefined || round > 0 || retryOf !== undefined

/** The checks of these nodes; the verdict is staged. Blocking findings hold the run. */
export const checkRun = (
  deps: Pick<Attempting, 'services' | 'checks' | 'probes' | 'onCancel'> & Reporting,
  catalog: Catalog,
  run: RunCommands,
  nodes: ReadonlyArray<NodeId>,
): TE.TaskEither<StepStop, void> => {
  const state = run.state()
  const { executionId, organizationId, workflowVersion, workflowRevision, triggerData, dryRun, untilPhase } = state
  const { services, now } = deps
  const purpose = { dryRun, untilPhase, only: nodes }
  const canMail = services.mailer !== undefined
  const began = performance.now()
  return pipe(
    TE.Do,
    TE.bind('drawn', () => catalog.nodes(state)),
    TE.bind('facts', ({ drawn }) =>
      gather({ connection: catalog.connection, template: catalog.usedTemplate(state), canMail, probes: deps.probes })(
        drawn,
        {
          trigger: triggerOf(state),
          isLookedUp: state.steps[0]?.status === 'success',
          purpose,
          fresh: isRepeated(state),
        },
      ),
    ),
    TE.chainFirstTaskK(({ facts }) => reportProbed(deps, run, facts)),
    TE.bindW('found', ({ drawn, facts }) =>
      checked(deps, run, { nodes: drawn, facts, purpose, owner: organizationId }),
    ),
    TE.chainEitherKW(({ drawn, facts, found }) => {
      const findings = together(state, nodes, found)
      const blocking_count = findings.filter(isBlocking).length
      return run.stage({
        type: 'RecordPreflight',
        round: state.preflight.round,
        execution_id: executionId,
        at: now(),
        duration_ms: Math.round(performance.now() - began),
        input_hash: hashOf(triggerData),
        workflow_version: workflowVersion,
        workflow_revision: workflowRevision,
        templates: pinsOf(needsOf(drawn).templates, facts),
        nodes,
        blocking_count,
        warning_count: findings.length - blocking_count,
        personal: { findings: findings.map((each) => ({ ...each, tech: technicalText(each.tech) })) },
      })
    }),
  )
}
