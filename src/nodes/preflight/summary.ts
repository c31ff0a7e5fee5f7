import { messages, type Code } from '../../domain/messages'
import { type Domain, domains, type Severity } from '../../domain/messages/entry'
import type { Params } from '../../domain/messages/text'
import type { NodeId } from '../../domain/ids'
import type { Node } from '../../domain/workflow-definition'
import type { Finding } from '../contract'

/** A finding where it belongs; pointers are into the workflow as it is sent: `/nodes/<place>/config/…`. */
export type PreflightFinding = {
  readonly code: Code
  readonly params: Params
  readonly tech: string
  readonly pointers?: ReadonlyArray<string>
  readonly severity: Severity
  readonly domain: Domain
  readonly node_id: NodeId | null
  /** From 1; 0 when it is about the workflow as a whole. */
  readonly position: number
}

const mostFindings = 200
const longestTech = 500

/** At a node's place in its workflow. */
export const placed = (finding: Finding, node_id: NodeId | null, position: number): PreflightFinding => {
  const { code, params, tech, pointers = [] } = finding
  const { severity, domain } = messages[code]
  const below = position === 0 ? '' : `/nodes/${position - 1}/config`
  return {
    code,
    params,
    tech: tech.slice(0, longestTech),
    pointers: pointers.map((pointer) => below + pointer),
    severity: finding.severity ?? severity,
    domain,
    node_id,
    position,
  }
}

const compareCodes = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

type Shown = Omit<PreflightFinding, 'code'> & { readonly code: string }

const order = (a: Shown, b: Shown): number =>
  domains.indexOf(a.domain) - domains.indexOf(b.domain) || a.position - b.position || compareCodes(a.code, b.code)

const mostPointers = 50

const together = <F extends Shown>(one: F, { pointers }: Shown): F => ({
  ...one,
  pointers: [...new Set([...(one.pointers ?? []), ...(pointers ?? [])])].slice(0, mostPointers),
})

const distinct = <F extends Shown>(findings: ReadonlyArray<F>): ReadonlyArray<F> => {
  const known = new Map<string, F>()
  for (const one of findings) {
    const key = JSON.stringify([one.code, one.params, one.position])
    const before = known.get(key)
    known.set(key, before === undefined ? one : together(before, one))
  }
  return [...known.values()]
}

// what blocks is never lost to the cap
const capped = <F extends Shown>(findings: ReadonlyArray<F>): ReadonlyArray<F> =>
  [
    ...findings.filter(({ severity }) => severity === 'blocking'),
    ...findings.filter(({ severity }) => severity === 'warning'),
  ].slice(0, mostFindings)

/** Findings as they are shown: each once, what blocks first when there are too many, in order. */
export const merged = <F extends Shown>(findings: ReadonlyArray<F>): ReadonlyArray<F> =>
  capped(distinct(findings)).toSorted(order)

export const withoutNodes = (): PreflightFinding =>
  placed({ code: 'data.workflow_without_nodes', params: {}, tech: 'no nodes', pointers: ['/nodes'] }, null, 0)

/** Everything that is known to be wrong before a run begins: all checks, at most 200 findings, by domain, position and code. */
export const verdict = (
  nodes: ReadonlyArray<Node>,
  found: ReadonlyArray<PreflightFinding>,
): ReadonlyArray<PreflightFinding> => (nodes.length === 0 ? [withoutNodes()] : merged(found))

export const isBlocking = ({ severity }: Pick<PreflightFinding, 'severity'>): boolean => severity === 'blocking'
