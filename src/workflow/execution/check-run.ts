import { createHash } from 'node:crypto'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import type { Execution, RecordedFinding } from '../../domain/execution/state'
import type { NodeId, TemplateId } from '../../domain/ids'
import type { TemplateVersion } from '../../domain/template/version'
import { gather, isBlocking, merged, needsOf, preflight, type PreflightFinding } from '../../nodes/preflight'
import type { StepStop } from '../../nodes/step-run'
import type { Attempting } from './attempt'
import type { Catalog } from './catalog'
import type { RunCommands } from './run-commands'

const pinsOf = (ids: ReadonlyArray<TemplateId>, template: (id: TemplateId) => TemplateVersion | undefined) =>
  ids.flatMap((template_id) => {
    const version = template(template_id)?.version
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

/** The checks of these nodes; the verdict is staged. Blocking findings hold the run. */
export const checkRun = (
  { services, now }: Pick<Attempting, 'services' | 'now'>,
  catalog: Catalog,
  run: RunCommands,
  nodes: ReadonlyArray<NodeId>,
): TE.TaskEither<StepStop, void> => {
  const state = run.state()
  const { executionId, workflowVersion, workflowRevision, triggerData, dryRun, untilPhase } = state
  const canMail = services.mailer !== undefined
  const began = performance.now()
  return pipe(
    TE.Do,
    TE.bind('drawn', () => catalog.nodes(state)),
    TE.bind('facts', ({ drawn }) =>
      gather({ connection: catalog.connection, template: catalog.templateOf(state), canMail })(drawn, triggerData),
    ),
    TE.chainEitherKW(({ drawn, facts }) => {
      const found = preflight(drawn, facts, { dryRun, untilPhase, only: nodes })
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
        templates: pinsOf(needsOf(drawn).templates, facts.template),
        nodes,
        blocking_count,
        warning_count: findings.length - blocking_count,
        personal: { findings },
      })
    }),
  )
}
