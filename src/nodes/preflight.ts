import { catalogue, type Code } from '../domain/catalogue'
import type { Domain, Severity } from '../domain/catalogue/entry'
import type { NodeId } from '../domain/ids'
import type { PlannedStep } from '../domain/execution/plan'
import type { Node } from '../domain/workflow-definition/node'
import type { Facts, Finding, Needs } from './node-type'
import { nodeTypeOf } from './registry'

export { decodeNodes } from './decode-nodes'
export { webhookTriggerData } from './webhook/trigger-data'
export type { Facts, Finding, Needs } from './node-type'

export type PreflightFacts = Pick<Facts, 'trigger' | 'template' | 'connection'>
export type PreflightFinding = Finding & {
  readonly severity: Severity
  readonly domain: Domain
  readonly node_id: NodeId | null
  /** From 1; 0 when it is about the workflow as a whole. */
  readonly position: number
}

const mostFindings = 200
/** Nodes that are not reached by then are told as not checked: templates may be made to take long. */
const longestMs = 3_000
const domains: ReadonlyArray<Domain> = ['data', 'template', 'permissions', 'delivery', 'signature']

/** What the checks of these nodes have to know. */
export const needsOf = (nodes: ReadonlyArray<Node>): Needs => {
  const needs = nodes.map(({ node_type, config }) => nodeTypeOf(node_type)?.needs(config))
  return {
    templates: [...new Set(needs.flatMap((one) => one?.templates ?? []))],
    connections: [...new Set(needs.flatMap((one) => one?.connections ?? []))],
  }
}

const documentsBefore = (nodes: ReadonlyArray<Node>, index: number): ReadonlyArray<number> =>
  nodes.slice(0, index).flatMap(({ node_type }, i) => (nodeTypeOf(node_type)?.kind === 'document' ? [i + 1] : []))

const checkNode =
  (nodes: ReadonlyArray<Node>, facts: PreflightFacts, isLate: () => boolean) =>
  ({ node_id, node_type, label, config }: Node, index: number): ReadonlyArray<PreflightFinding> => {
    const position = index + 1
    if (isLate())
      return [
        placed({ code: 'timeout', params: { label }, tech: `not checked within ${longestMs} ms` }, node_id, position),
      ]
    const found = nodeTypeOf(node_type)?.check(config, {
      ...facts,
      label,
      position,
      documentsBefore: documentsBefore(nodes, index),
    }) ?? [{ code: 'internal_error' as const, params: { label }, tech: `no node type ${node_type} in this version` }]
    return found.map((finding) => placed(finding, node_id, position))
  }

const placed = (finding: Finding, node_id: NodeId | null, position: number): PreflightFinding => {
  const { severity, domain } = catalogue[finding.code]
  return { ...finding, severity, domain, node_id, position }
}

const compareCodes = (a: Code, b: Code): number => (a < b ? -1 : a > b ? 1 : 0)

const order = (a: PreflightFinding, b: PreflightFinding): number =>
  domains.indexOf(a.domain) - domains.indexOf(b.domain) || a.position - b.position || compareCodes(a.code, b.code)

const distinct = (findings: ReadonlyArray<PreflightFinding>): ReadonlyArray<PreflightFinding> => [
  ...new Map(findings.map((one) => [JSON.stringify([one.code, one.params, one.position]), one])).values(),
]

// what blocks is never lost to the cap
const capped = (findings: ReadonlyArray<PreflightFinding>): ReadonlyArray<PreflightFinding> =>
  [
    ...findings.filter(({ severity }) => severity === 'blocking'),
    ...findings.filter(({ severity }) => severity === 'warning'),
  ].slice(0, mostFindings)

/** Everything that is known to be wrong before a run begins: all checks, at most 200 findings, by domain, position and code. */
export const preflight = (
  nodes: ReadonlyArray<Node>,
  facts: PreflightFacts,
  now: () => number = () => performance.now(),
): ReadonlyArray<PreflightFinding> => {
  if (nodes.length === 0)
    return [placed({ code: 'data.workflow_without_nodes', params: {}, tech: 'no nodes' }, null, 0)]
  const end = now() + longestMs
  return capped(distinct(nodes.flatMap(checkNode(nodes, facts, () => now() > end)))).toSorted(order)
}

export const isBlocking = ({ severity }: PreflightFinding): boolean => severity === 'blocking'

/** The part of a run's life that a node belongs to; undefined for a type that this version does not know. */
export const phaseOf = ({ node_type }: Node): PlannedStep['phase'] | undefined => nodeTypeOf(node_type)?.phase
