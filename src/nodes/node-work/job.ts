import type * as E from 'fp-ts/Either'
import type { JsonObject } from '../../domain/json'
import {
  checkNode,
  type Place,
  placedAt,
  type PreflightFacts,
  type PreflightFinding,
  type Purpose,
} from '../preflight/check'
import { timeOf } from '../references'
import { nodeTypeOf } from '../registry'
import { stepFault } from '../step-faults'
import type { References, StepFault } from '../step-run'

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

/** `ms`: what it took. */
export type Answer =
  | { readonly type: 'check'; readonly ms: number; readonly found: ReadonlyArray<PreflightFinding> }
  | { readonly type: 'fill'; readonly ms: number; readonly filled: E.Either<StepFault, unknown> }

/** The nodes of a workflow are checked one after another, all with the same data. */
const last: { text: string; trigger: JsonObject } = { text: '{}', trigger: {} }

const triggerOf = (text: string): JsonObject => {
  if (last.text !== text) Object.assign(last, { text, trigger: JSON.parse(text) as JsonObject })
  return last.trigger
}

const checked = (text: string, trigger: string, msLeft: () => number): ReadonlyArray<PreflightFinding> => {
  const { place, facts, purpose } = JSON.parse(text) as Check
  return placedAt(place, purpose)(checkNode(place, { ...facts, trigger: triggerOf(trigger) }, msLeft))
}

const filled = (text: string, references: string, msLeft: () => number): E.Either<StepFault, unknown> => {
  const { node_type, config, label } = JSON.parse(text) as Fill
  const given = { references: JSON.parse(references) as References, step: { label }, msLeft }
  return (
    nodeTypeOf(node_type)?.fill(config, given) ?? {
      _tag: 'Left',
      left: stepFault('internal_error', { label }, `no node type ${node_type} in this version`),
    }
  )
}

export const perform = (job: Job): Answer => {
  const msLeft = timeOf(job.ms)
  const ms = () => job.ms - msLeft()
  switch (job.type) {
    case 'check': {
      const found = checked(job.check, job.trigger, msLeft)
      return { type: 'check', ms: ms(), found }
    }
    case 'fill':
      return { type: 'fill', filled: filled(job.fill, job.references, msLeft), ms: ms() }
  }
}
