import { catalogue } from '../../domain/catalogue'
import { type Domain, domains, type Severity } from '../../domain/catalogue/entry'
import { phases, type PlannedStep } from '../../domain/execution/plan'
import type { NodeId } from '../../domain/ids'
import type { Node } from '../../domain/workflow-definition/node'
import type { Facts, Finding, Needs } from '../node-type'
import { nodeTypeOf } from '../registry'

export type PreflightFacts = Pick<Facts, 'trigger' | 'template' | 'connection' | 'canMail'>
export type PreflightFinding = Finding & {
  readonly severity: Severity
  readonly domain: Domain
  readonly node_id: NodeId | null
  /** From 1; 0 when it is about the workflow as a whole. */
  readonly position: number
}

const mostFindings = 200
const longestTech = 500
/** Nodes that are not reached by then are told as not checked: templates may be made to take long. */
const longestMs = 3_000

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

/** What a run is begun for: what it skips is not checked, and a dry run sends nothing. */
export type Purpose = {
  readonly dryRun: boolean
  readonly untilPhase: PlannedStep['phase'] | undefined
  /** Nodes to check; all of them when undefined. */
  readonly only?: ReadonlyArray<NodeId> | undefined
}

export const wholeRun: Purpose = { dryRun: false, untilPhase: undefined }

const isMeant =
  ({ untilPhase, only }: Purpose) =>
  (node: Node): boolean => {
    const phase = phaseOf(node)
    const reached =
      untilPhase === undefined || phase === undefined || phases.indexOf(phase) <= phases.indexOf(untilPhase)
    return reached && (only === undefined || only.includes(node.node_id))
  }

const lenient: ReadonlyArray<Domain> = ['permissions', 'delivery', 'signature']

/** In a dry run, what keeps a step from sending does not block. */
const forPurpose =
  ({ dryRun }: Purpose, nodes: ReadonlyArray<Node>) =>
  (finding: PreflightFinding): PreflightFinding => {
    const node = nodes[finding.position - 1]
    const sends = node !== undefined && ['delivery', 'human'].includes(kindOf(node) ?? '')
    return dryRun && sends && lenient.includes(finding.domain) ? { ...finding, severity: 'warning' } : finding
  }

const placed = (finding: Finding, node_id: NodeId | null, position: number): PreflightFinding => {
  const { severity, domain } = catalogue[finding.code]
  return { severity, ...finding, tech: finding.tech.slice(0, longestTech), domain, node_id, position }
}

const compareCodes = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

type Shown = Omit<PreflightFinding, 'code'> & { readonly code: string }

const order = (a: Shown, b: Shown): number =>
  domains.indexOf(a.domain) - domains.indexOf(b.domain) || a.position - b.position || compareCodes(a.code, b.code)

const distinct = <F extends Shown>(findings: ReadonlyArray<F>): ReadonlyArray<F> => [
  ...new Map(findings.map((one) => [JSON.stringify([one.code, one.params, one.position]), one])).values(),
]

// what blocks is never lost to the cap
const capped = <F extends Shown>(findings: ReadonlyArray<F>): ReadonlyArray<F> =>
  [
    ...findings.filter(({ severity }) => severity === 'blocking'),
    ...findings.filter(({ severity }) => severity === 'warning'),
  ].slice(0, mostFindings)

/** Findings as they are shown: each once, what blocks first when there are too many, in order. */
export const merged = <F extends Shown>(findings: ReadonlyArray<F>): ReadonlyArray<F> =>
  capped(distinct(findings)).toSorted(order)

/** Everything that is known to be wrong before a run begins: all checks, at most 200 findings, by domain, position and code. */
export const preflight = (
  nodes: ReadonlyArray<Node>,
  facts: PreflightFacts,
  purpose: Purpose = wholeRun,
  now: () => number = () => performance.now(),
): ReadonlyArray<PreflightFinding> => {
  if (nodes.length === 0)
    return [placed({ code: 'data.workflow_without_nodes', params: {}, tech: 'no nodes' }, null, 0)]
  const end = now() + longestMs
  const check = checkNode(nodes, facts, () => now() > end)
  const found = nodes.flatMap((node, index) => (isMeant(purpose)(node) ? check(node, index) : []))
  return merged(found.map(forPurpose(purpose, nodes)))
}

export const isBlocking = ({ severity }: Pick<PreflightFinding, 'severity'>): boolean => severity === 'blocking'

/** The part of a run's life that a node belongs to; undefined for a type that this version does not know. */
export const phaseOf = ({ node_type }: Node): PlannedStep['phase'] | undefined => nodeTypeOf(node_type)?.phase

/** What a node is to the world; undefined for a type that this version does not know. */
export const kindOf = ({ node_type }: Node): PlannedStep['kind'] | undefined => nodeTypeOf(node_type)?.kind
