import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import type { Json } from '../domain/event-store'
import type { JsonObject } from '../domain/json'
import type { Facts, Finding } from './node-type'
import { fillIn, type Path, stepsIn, variablesOf } from './references'
import { findingOfReference } from './step-faults'

const standIn = 'x'

const withPath = (into: Json, [key, ...rest]: Path): Json => {
  if (key === undefined) return typeof into === 'object' ? into : standIn
  const known: JsonObject =
    typeof into === 'object' && into !== null && !Array.isArray(into) ? (into as JsonObject) : {}
  const before = Object.hasOwn(known, key) ? (known[key] ?? null) : standIn
  return { ...known, [key]: withPath(before, rest) }
}

/** Outputs that do not exist before the run, so that the rest of a template can be checked. */
const unknownOutputs = (template: string): Record<string, JsonObject> =>
  pipe(
    variablesOf(template),
    E.getOrElse((): ReadonlyArray<Path> => []),
  )
    .filter(([root, position]) => root === 'step' && position !== undefined)
    .reduce<Record<string, JsonObject>>((step, [, ...path]) => withPath(step, path) as Record<string, JsonObject>, {})

const notBefore = (template: string, { label, position }: Facts, field: string): ReadonlyArray<Finding> =>
  [...new Set(stepsIn(template))]
    .filter((step) => Number(step) >= position)
    .map((step) => findingOfReference(label, field)({ _tag: 'MissingValue', path: `step.${step}` }))

/** Says where in the node's configuration. */
export const pointingAt =
  (...pointers: ReadonlyArray<string>) =>
  (finding: Finding): Finding => ({ ...finding, pointers })

/** What is known before the run of a template's text: its findings, or the text; undefined where it depends on other steps. */
export const foreseen = (
  template: string,
  facts: Facts,
  field: string,
): E.Either<ReadonlyArray<Finding>, string | undefined> => {
  const depends = stepsIn(template).length > 0
  const references = { trigger: facts.trigger, step: unknownOutputs(template) }
  const filled = fillIn('text')({ references, msLeft: facts.msLeft })(template)
  const faults = E.isLeft(filled) ? filled.left : []
  const findings = [
    ...notBefore(template, facts, field),
    ...faults.filter(({ _tag }) => !depends || _tag !== 'UnusableValue').map(findingOfReference(facts.label, field)),
  ]
  if (findings.length > 0) return E.left(findings)
  return E.right(depends || E.isLeft(filled) ? undefined : filled.right)
}
