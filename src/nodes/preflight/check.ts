import type { Connection } from '../../domain/connection'
import { phases, type PlannedStep } from '../../domain/execution/plan'
import type { ConnectionId, NodeId, TemplateId } from '../../domain/ids'
import type { Code } from '../../domain/messages'
import type { Domain } from '../../domain/messages/entry'
import type { Node } from '../../domain/workflow-definition'
import type { Facts, Finding, Needs, UsedTemplate } from '../contract'
import { nodeTypeOf } from '../registry'
import { timeOf } from '../texts/fill-in'
import { merged, placed, type PreflightFinding, verdict, withoutNodes } from './summary'

/** What the checks look at, as plain data: they may run in another thread. What is absent does not exist for the organization. */
export type PreflightFacts = Pick<Facts, 'trigger' | 'canMail' | 'probed' | 'source'> & {
  readonly templates: Readonly<Partial<Record<TemplateId, UsedTemplate>>>
  readonly connections: Readonly<Partial<Record<ConnectionId, Connection>>>
}

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

/** A document is about as large as its template. */
const bytesOf = (node: Node, facts: PreflightFacts): number =>
  needsOf([node]).templates.reduce((sum, id) => sum + (facts.templates[id]?.version.size ?? 0), 0)

const documentsBefore = (nodes: ReadonlyArray<Node>, index: number, facts: PreflightFacts): Facts['documentsBefore'] =>
  nodes
    .slice(0, index)
    .flatMap((node, i) => (kindOf(node) === 'document' ? [{ position: i + 1, bytes: bytesOf(node, facts) }] : []))

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

/** The nodes that a purpose asks for. */
export const meant = (nodes: ReadonlyArray<Node>, purpose: Purpose): ReadonlyArray<Node> =>
  nodes.filter(isMeant(purpose))

const lenient: ReadonlyArray<Domain> = ['permissions', 'delivery', 'signature']

/** In a dry run, what keeps a step from sending does not block. */
const forPurpose =
  ({ dryRun }: Pick<Purpose, 'dryRun'>, node: Node) =>
  (finding: PreflightFinding): PreflightFinding => {
    const sends = ['delivery', 'human'].includes(kindOf(node) ?? '')
    return dryRun && sends && lenient.includes(finding.domain) ? { ...finding, severity: 'warning' } : finding
  }

/** A node to check, as it stands in its workflow. */
export type Place = {
  readonly node: Node
  readonly position: number
  readonly documentsBefore: Facts['documentsBefore']
}

/** The same, where they stand. */
export const placesOf = (nodes: ReadonlyArray<Node>, facts: PreflightFacts, purpose: Purpose): ReadonlyArray<Place> =>
  nodes.flatMap((node, index) =>
    isMeant(purpose)(node)
      ? [{ node, position: index + 1, documentsBefore: documentsBefore(nodes, index, facts) }]
      : [],
  )

/** What is found of one node. */
export const placedAt =
  ({ node, position }: Place, purpose: Pick<Purpose, 'dryRun'>) =>
  (found: ReadonlyArray<Finding>): ReadonlyArray<PreflightFinding> =>
    merged(found.map((finding) => forPurpose(purpose, node)(placed(finding, node.node_id, position))))

const ofData: ReadonlyArray<Code> = [
  'data.missing_required_field',
  'data.unresolved_variable',
  'data.list_expected',
  'data.empty_list',
  'template.unmapped_tag',
]

/** What is missing in data that were not to be had is not missing. */
const isTrueWithout =
  (source: Facts['source']) =>
  (finding: Finding): boolean =>
    source === undefined || source.isKnown || source.findings.includes(finding) || !ofData.includes(finding.code)

/** The checks of one node, in the time that is left for them. */
export const checkNode = (
  { node: { node_type, label, config }, position, documentsBefore }: Place,
  { templates, connections, ...facts }: PreflightFacts,
  msLeft: () => number,
): ReadonlyArray<Finding> => {
  const found: ReadonlyArray<Finding> = nodeTypeOf(node_type)?.check(config, {
    ...facts,
    template: (id) => templates[id],
    connection: (id) => connections[id],
    label,
    position,
    documentsBefore,
    msLeft,
  }) ?? [{ code: 'internal_error', params: { label }, tech: `no node type ${node_type} in this version` }]
  return found.filter(isTrueWithout(facts.source))
}

/** What a definition lacks, whatever the data: it cannot be activated. */
export const incompleteness = (nodes: ReadonlyArray<Node>): ReadonlyArray<PreflightFinding> =>
  nodes.length === 0
    ? [withoutNodes()]
    : merged(
        nodes.flatMap(({ node_id, node_type, label, config }, index) =>
          (nodeTypeOf(node_type)?.incomplete(config, label) ?? []).map((one) => placed(one, node_id, index + 1)),
        ),
      )

/** All checks at once, those of each node within `ms`. */
export const preflight = (
  nodes: ReadonlyArray<Node>,
  facts: PreflightFacts,
  purpose: Purpose = wholeRun,
  ms = nodeMs,
): ReadonlyArray<PreflightFinding> =>
  verdict(
    nodes,
    placesOf(nodes, facts, purpose).flatMap((place) => placedAt(place, purpose)(checkNode(place, facts, timeOf(ms)))),
  )

/** The part of a run's life that a node belongs to; undefined for a type that this version does not know. */
export const phaseOf = ({ node_type }: Node): PlannedStep['phase'] | undefined => nodeTypeOf(node_type)?.phase

/** What a node is to the world; undefined for a type that this version does not know. */
export const kindOf = ({ node_type }: Node): PlannedStep['kind'] | undefined => nodeTypeOf(node_type)?.kind
