import * as E from 'fp-ts/Either'
import * as t from 'io-ts'
import type { EventOf } from '../codec'
import { recordedFault } from '../fault'
import { ExecutionId, NodeId, TemplateId } from '../ids'
import { type Execution, hasEnded, held, type RecordedFinding } from './state'

export const RecordedFindings: t.Type<ReadonlyArray<RecordedFinding>, unknown> = t.readonlyArray(
  t.readonly(
    t.intersection([
      t.type({
        code: t.string,
        params: t.readonly(t.record(t.string, t.union([t.string, t.number]))),
        tech: t.string,
        severity: t.keyof({ blocking: null, warning: null }),
        domain: t.keyof({ data: null, template: null, permissions: null, delivery: null, signature: null }),
        node_id: t.union([NodeId, t.null]),
        position: t.number,
      }),
      t.partial({ pointers: t.readonlyArray(t.string) }),
    ]),
  ),
)

export const preflightEvents = {
  PreflightCompleted: t.readonly(
    t.type({
      execution_id: ExecutionId,
      /** RFC 3339 */
      at: t.string,
      duration_ms: t.number,
      /** SHA-256 of the trigger's data as JSON, hex: what the verdict is about. */
      input_hash: t.string,
      workflow_version: t.number,
      workflow_revision: t.string,
      /** The versions that the run keeps to. */
      templates: t.readonlyArray(t.readonly(t.type({ template_id: TemplateId, version: t.number }))),
      /** Nodes that were checked; what was found of others before stands. */
      nodes: t.readonlyArray(NodeId),
      blocking_count: t.number,
      warning_count: t.number,
      /** Parameters may name people. */
      personal: t.readonly(t.type({ findings: RecordedFindings })),
    }),
  ),
}
export type PreflightEvent = EventOf<typeof preflightEvents>

/** `round`: the one that the checks began in; a verdict about data that a resume has changed since is none. */
export type RecordPreflight = { readonly type: 'RecordPreflight'; readonly round: number } & PreflightEvent['data']
export type PreflightCommand = RecordPreflight

/** Somebody else has checked, changed what is checked, or ended the run. */
export type PreflightNotDue = { readonly _tag: 'PreflightNotDue' }
export type PreflightRefusal = PreflightNotDue

export const decidePreflight = {
  RecordPreflight:
    ({ type: _, round, ...data }: RecordPreflight) =>
    (run: Execution): E.Either<PreflightRefusal, ReadonlyArray<PreflightEvent>> =>
      hasEnded(run) || run.preflight.due.length === 0 || round !== run.preflight.round
        ? E.left({ _tag: 'PreflightNotDue' })
        : E.right([{ type: 'PreflightCompleted', data }]),
}

const faultOf = (findings: ReadonlyArray<RecordedFinding>) => {
  const first = findings.find(({ severity }) => severity === 'blocking')
  return first === undefined ? undefined : recordedFault(first.code, first.params, first.tech)
}

const completed = (run: Execution, { data }: PreflightEvent): Execution => {
  const checked: Execution = {
    ...run,
    preflight: {
      ...run.preflight,
      due: [],
      at: data.at,
      findings: data.personal.findings,
      templates: {
        ...run.preflight.templates,
        ...Object.fromEntries(data.templates.map(({ template_id, version }) => [template_id, version])),
      },
    },
  }
  return data.blocking_count === 0
    ? checked
    : {
        ...held(checked, { kind: 'preflight_blocked', since: data.at }),
        lastFault: faultOf(data.personal.findings),
      }
}

export const evolvePreflight = { PreflightCompleted: completed }
