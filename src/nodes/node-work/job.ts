import * as E from 'fp-ts/Either'
import type { JsonObject } from '../../domain/json'
import { checkNode, type Place, placedAt, type PreflightFacts, type Purpose } from '../preflight/check'
import type { PreflightFinding } from '../preflight/summary'
import { timeOf } from '../texts/fill-in'
import { nodeTypeOf } from '../registry'
import { stepFault } from '../steps/faults'
import type { References, StepFault } from '../steps/step-run'

export type Check = {
  readonly place: Place
  readonly facts: Omit<PreflightFacts, 'trigger'>
  readonly purpose: Pick<Purpose, 'dryRun'>
}

export type Fill = { readonly node_type: string; readonly config: JsonObject; readonly label: string }

/** Work on one node, in `ms`. Everything travels as text of JSON: it is written faster than it is copied. */
export type Job =
  | { readonly type: 'check'; readonly ms: number; readonly check: string; readonly trigger: string }
  | { readonly type: 'fill'; readonly ms: number; readonly fill: string; readonly references: string }

/** `ms`: what the checks took. */
export type Answer =
  | { readonly type: 'check'; readonly ms: number; readonly found: ReadonlyArray<PreflightFinding> }
  | { readonly type: 'fill'; readonly filled: E.Either<StepFault, unknown> }

/** The nodes of a workflow are checked one after another, all with the same data. */
const last: { text: string; trigger: JsonObject } = { text: '{}', trigger: {} }

const triggerOf = (text: string): JsonObject => {
  if (last.text !== text) Object.assign(last, { text, trigger: JSON.parse(text) as JsonObject })
  return last.trigger
}

const check = (job: Extract<Job, { readonly type: 'check' }>): Answer => {
  const { place, facts, purpose } = JSON.parse(job.check) as Check
  const trigger = triggerOf(job.trigger)
  const msLeft = timeOf(job.ms)
  const found = placedAt(place, purpose)(checkNode(place, { ...facts, trigger }, msLeft))
  return { type: 'check', ms: job.ms - msLeft(), found }
}

const fill = (job: Extract<Job, { readonly type: 'fill' }>): Answer => {
  const { node_type, config, label } = JSON.parse(job.fill) as Fill
  const references = JSON.parse(job.references) as References
  const given = { references, step: { label }, msLeft: timeOf(job.ms) }
  const unknown = stepFault('internal_error', { label }, `no node type ${node_type} in this version`)
  return { type: 'fill', filled: nodeTypeOf(node_type)?.fill(config, given) ?? E.left(unknown) }
}

/** The time of a job begins when it is read. */
export const perform = (job: Job): Answer => {
  switch (job.type) {
    case 'check':
      return check(job)
    case 'fill':
      return fill(job)
  }
}
