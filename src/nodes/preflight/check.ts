import { catalogue } from '../../domain/catalogue'
import { type Domain, domains, type Severity } from '../../domain/catalogue/entry'
import { phases, type PlannedStep } from '../../domain/execution/plan'
import type { Connection } from '../../domain/connection/connection'
import type { ConnectionId, NodeId, TemplateId } from '../../domain/ids'
import type { JsonObject } from '../../domain/json'
import type { Template } from '../../domain/template/template'
import type { Node } from '../../domain/workflow-definition/node'
import type { Finding, Needs } from '../node-type'
import { timeOf } from '../references'
import { nodeTypeOf } from '../registry'

/** What the checks look at, as plain data: they may run in another thread. What is absent does not exist for the organization. */
export type PreflightFacts = {
  readonly trigger: JsonObject
  readonly templates: Readonly<Partial<Record<TemplateId, Template>>>
  readonly connections: Readonly<Partial<Record<ConnectionId, Connection>>>
  readonly canMail: boolean
}

export type PreflightFinding = Finding & {
  readonly severity: Severity
  readonly domain: Domain
  readonly node_id: NodeId | null
  /** From 1; 0 when it is about the workflow as a whole. */
  readonly position: number
}

const mostFindings = 200
const longestTech = 500
/** For the checks of one node, where nothing else is said. */
const nodeMs = 500

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
  ({ dryRun }: Pick<Purpose, 'dryRun'>, node: Node) =>
  (finding: PreflightFinding): PreflightFinding => {
    const sends = ['delivery', 'human'].includes(kindOf(node) ?? '')
    return dryRun && sends && lenient.includes(finding.domain) ? { ...finding, severity: 'warning' } : finding
  }

const placed = (finding: Finding, node_id: NodeId | null, position: number): PreflightFinding => {
  const { severity, domain } = catalogue[finding.code]
  return { ...finding, tech: finding.tech.slice(0, longestTech), severity, domain, node_id, position }
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

/** A node to check, as it stands in its workflow. */
export type Place = {
  readonly node: Node
  readonly position: number
  /** Positions of the document nodes before it. */
  readonly documentsBefore: ReadonlyArray<number>
}

/** The nodes that a purpose asks for. */
export const placesOf = (nodes: ReadonlyArray<Node>, purpose: Purpose): ReadonlyArray<Place> =>
  nodes.flatMap((node, index) =>
    isMeant(purpose)(node) ? [{ node, position: index + 1, documentsBefore: documentsBefore(nodes, index) }] : [],
  )

/** What is found of one node. */
export const placedAt =
  ({ node, position }: Place, purpose: Pick<Purpose, 'dryRun'>) =>
  (found: ReadonlyArray<Finding>): ReadonlyArray<PreflightFinding> =>
    merged(found.map((finding) => forPurpose(purpose, node)(placed(finding, node.node_id, position))))

/** The checks of one node, in the time that is left for them. */
export const checkNode = (
  { node: { node_type, label, config }, position, documentsBefore }: Place,
  { templates, connections, ...facts }: PreflightFacts,
  msLeft: () => number,
): ReadonlyArray<Finding> =>
  nodeTypeOf(node_type)?.check(config, {
    ...facts,
    template: (id) => templates[id],
    connection: (id) => connections[id],
    label,
    position,
    documentsBefore,
    msLeft,
  }) ?? [{ code: 'internal_error', params: { label }, tech: `no node type ${node_type} in this version` }]

const withoutNodes = placed({ code: 'data.workflow_without_nodes', params: {}, tech: 'no nodes' }, null, 0)

/** Everything that is known to be wrong before a run begins: all checks, at most 200 findings, by domain, position and code. */
export const verdict = (
  nodes: ReadonlyArray<Node>,
  found: ReadonlyArray<PreflightFinding>,
): ReadonlyArray<PreflightFinding> => (nodes.length === 0 ? [withoutNodes] : merged(found))

/** All checks at once, for as long as they take. */
export const preflight = (
  nodes: ReadonlyArray<Node>,
  facts: PreflightFacts,
  purpose: Purpose = wholeRun,
): ReadonlyArray<PreflightFinding> =>
  verdict(
    nodes,
    placesOf(nodes, purpose).flatMap((place) => placedAt(place, purpose)(checkNode(place, facts, timeOf(nodeMs)))),
  )

export const isBlocking = ({ severity }: Pick<PreflightFinding, 'severity'>): boolean => severity === 'blocking'

/** The part of a run's life that a node belongs to; undefined for a type that this version does not know. */
export const phaseOf = ({ node_type }: Node): PlannedStep['phase'] | undefined => nodeTypeOf(node_type)?.phase

/** What a node is to the world; undefined for a type that this version does not know. */
export const kindOf = ({ node_type }: Node): PlannedStep['kind'] | undefined => nodeTypeOf(node_type)?.kind
