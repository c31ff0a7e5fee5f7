import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import { type Execution, isDone } from '../../domain/execution/state'
import type { Json } from '../../domain/event-store'
import type { NodeId } from '../../domain/ids'
import { type JsonObject, mergePatch } from '../../domain/json'
import type { Node } from '../../domain/workflow-definition'
import { variablesOf } from '../texts/references'
import { kindOf, needsOf } from './check'
import { isBlocking } from './summary'

/** What lies outside of docg and its definitions may have changed by then. */
const staleAfterMs = 60_000

const textsIn = (value: Json): ReadonlyArray<string> => {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

/** Fields of the trigger's data that a text refers to; all of them when it cannot be told. */
const fieldsIn = (text: string): 'all' | ReadonlyArray<string> =>
  pipe(
    variablesOf(text),
    E.match(
      () => 'all' as const,
      (paths) => {
        const ofTrigger = paths.filter(([root]) => root === 'trigger').map(([, field]) => field)
        return ofTrigger.includes(undefined) ? 'all' : ofTrigger.filter((field) => field !== undefined)
      },
    ),
  )

/** So many tags are read, and characters around them by the fifty; what is left after them is taken to refer to everything. */
const mostRead = 400

/** Whether one of a node's texts refers to one of the changed fields. Reads of all nodes together have one limit. */
const textReaderOf = (changed: ReadonlySet<string>) => {
  let left = mostRead
  return (text: string): boolean => {
    const tags = text.match(/\{[{%]/g)?.length ?? 0
    if (tags === 0) return false
    left -= tags + text.length / 50
    const fields = left < 0 ? 'all' : fieldsIn(text)
    return fields === 'all' || fields.some((field) => changed.has(field))
  }
}

/** A template's tags that are not mapped are looked up in all of the trigger's data. */
const readerOf = (changed: ReadonlySet<string>) => {
  const reads = textReaderOf(changed)
  return (node: Node): boolean => changed.size > 0 && (kindOf(node) === 'document' || textsIn(node.config).some(reads))
}

const changedFields = (before: JsonObject, changes: JsonObject): ReadonlySet<string> => {
  const after = mergePatch(before, changes)
  return new Set(Object.keys(changes).filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key])))
}

type Standing = Pick<Execution, 'steps' | 'holds' | 'preflight' | 'triggerData'>

/**
 * Nodes whose checks run again before a run goes on with `changes` (JSON Merge Patch of its trigger's data): of those still to run, the ones that read
 * what changes, that something was in the way of, or that need what may have changed since they were checked. `now` is RFC 3339.
 */
export const nodesToCheck = (
  nodes: ReadonlyArray<Node>,
  run: Standing,
  changes: JsonObject,
  now: string,
): ReadonlyArray<NodeId> => {
  const decided = run.holds.find((hold) => hold.kind === 'review')?.step_id
  const left = run.steps.filter((step) => !isDone(step) && step.step_id !== decided).map(({ node_id }) => node_id)
  const changed = changedFields(run.triggerData, changes)
  const readsOne = readerOf(changed)
  const { at, findings } = run.preflight
  const isStale = at === undefined || Date.parse(now) - Date.parse(at) > staleAfterMs
  const isBlocked = (id: NodeId) => findings.some((finding) => finding.node_id === id && isBlocking(finding))
  const dependsOnOthers = (node: Node) => Object.values(needsOf([node])).some((ids) => ids.length > 0)
  return nodes
    .filter(({ node_id }) => left.includes(node_id))
    .filter((node) => readsOne(node) || isBlocked(node.node_id) || (isStale && dependsOnOthers(node)))
    .map(({ node_id }) => node_id)
}
