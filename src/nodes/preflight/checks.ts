import * as E from 'fp-ts/Either'
import type * as TE from 'fp-ts/TaskEither'
import type { OrganizationId } from '../../domain/ids'
import type { Node } from '../../domain/workflow-definition'
import { costing } from '../node-work/cost'
import type { Answer, Check } from '../node-work/job'
import { deadlineOf, type NodeThreads } from '../node-work/threads'
import { checkUnfinished } from '../steps/faults'
import type { PoolOutcome } from '../threads/pool'
import { needsOf, type Place, placedAt, placesOf, preflight, type PreflightFacts, type Purpose } from './check'
import { type PreflightFinding, verdict } from './summary'

/** Nothing was found out: there is no thread, or others' checks take them all. */
export type ChecksUnavailable = { readonly _tag: 'ChecksUnavailable'; readonly reason: string }

export type Checked = {
  readonly nodes: ReadonlyArray<Node>
  readonly facts: PreflightFacts
  readonly purpose: Purpose
  /** Organizations have their turns one after another. */
  readonly owner: OrganizationId
  readonly signal?: AbortSignal
}

/** The verdict on nodes with these facts; what was not checked to its end is a finding that blocks. */
export type Checks = (checked: Checked) => TE.TaskEither<ChecksUnavailable, ReadonlyArray<PreflightFinding>>

/** `nodeMs` for each node, `wholeMs` for all together; waiting for a thread is not counted, but ends with `waitMs`. */
export type CheckTimes = { readonly nodeMs: number; readonly wholeMs: number; readonly waitMs: number }

/** Checks that surely take no longer, as added up beforehand, run where they are asked for. */
const inlineMs = 30

const only = <Id extends string, A>(
  all: Readonly<Partial<Record<Id, A>>>,
  ids: ReadonlyArray<Id>,
): Readonly<Record<Id, A>> =>
  Object.fromEntries(ids.flatMap((id) => (all[id] === undefined ? [] : [[id, all[id]]]))) as Record<Id, A>

/** What the checks of one node look at. */
const factsOf = ({ node }: Place, { trigger: _, probed = {}, ...facts }: PreflightFacts): Check['facts'] => {
  const { templates, connections } = needsOf([node])
  return {
    ...facts,
    templates: only(facts.templates, templates),
    connections: only(facts.connections, connections),
    probed: only(probed, [...templates, ...connections]),
  }
}

const isSmall = ({ facts, purpose, nodes }: Checked): boolean => {
  const costOf = costing(facts.trigger)
  let left = inlineMs * 1_000
  return placesOf(nodes, facts, purpose).every((place) => {
    const templates = Object.values(factsOf(place, facts).templates)
    left -=
      costOf(
        place.node.config,
        templates.map((template) => template?.version.tree ?? []),
      ) ?? Infinity
    return left >= 0
  })
}

type End = { readonly ms: number; readonly found: ReadonlyArray<PreflightFinding> }

const unfinished = (place: Place, purpose: Purpose, tech: string): ReadonlyArray<PreflightFinding> =>
  placedAt(place, purpose)([checkUnfinished(place.node.label, tech)])

/** What a node's job came to, or why it was not begun. */
const endOf = (outcome: PoolOutcome<Answer>, place: Place, purpose: Purpose, ms: number): End | string => {
  const none = (tech: string): End => ({ ms, found: unfinished(place, purpose, tech) })
  switch (outcome._tag) {
    case 'Answered':
      return outcome.answer.type === 'check' ? outcome.answer : none('another answer')
    case 'TimedOut':
      return none(`not checked within ${ms} ms`)
    case 'OutOfMemory':
      return none('not checked within the memory of a thread')
    case 'Crashed':
      return none(outcome.tech)
    case 'Aborted':
    case 'NotStarted':
    case 'QueueFull':
    case 'WaitedTooLong':
    case 'Closed':
      return outcome._tag
  }
}

const inThreads =
  (threads: NodeThreads, { nodeMs, wholeMs, waitMs }: CheckTimes) =>
  async ({ nodes, facts, purpose, owner, signal }: Checked) => {
    const trigger = JSON.stringify(facts.trigger)
    const began = performance.now()
    const found: PreflightFinding[] = []
    let left = wholeMs
    for (const place of placesOf(nodes, facts, purpose)) {
      if (left <= 0) {
        found.push(...unfinished(place, purpose, `not reached within ${wholeMs} ms`))
        continue
      }
      if (performance.now() - began - (wholeMs - left) > waitMs) return E.left('WaitedTooLong')
      const ms = Math.min(nodeMs, left)
      const check = JSON.stringify({ place, facts: factsOf(place, facts), purpose } satisfies Check)
      const outcome = await threads.run(
        { type: 'check', ms, check, trigger },
        { timeoutMs: deadlineOf(ms), signal, owner },
      )
      const end = endOf(outcome, place, purpose, ms)
      if (typeof end === 'string') return E.left(end)
      found.push(...end.found)
      left -= end.ms
    }
    return E.right(verdict(nodes, found))
  }

const usual: CheckTimes = { nodeMs: 500, wholeMs: 3_000, waitMs: 10_000 }

/** Where nobody waits for the answer, a busy machine is no reason to hold a run. */
export const patientChecks: CheckTimes = { nodeMs: 2_000, wholeMs: 10_000, waitMs: 20_000 }

/** Checks that take long run in these threads, so that they hold up nothing else. */
export const checksIn =
  (threads: NodeThreads, times: CheckTimes = usual): Checks =>
  (checked) =>
  async () => {
    if (isSmall(checked)) return E.right(preflight(checked.nodes, checked.facts, checked.purpose))
    const found = await inThreads(threads, times)(checked)
    return E.isRight(found) ? found : E.left({ _tag: 'ChecksUnavailable', reason: `no thread: ${found.left}` })
  }
