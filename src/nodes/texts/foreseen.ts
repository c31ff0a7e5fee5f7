import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import type { JsonObject } from '../../domain/json'
import { withValuesAt } from './dotted-path'
import type { Facts, Finding } from '../contract'
import type { Path } from './liquid-variables'
import { fillIn } from './fill-in'
import { stepsIn, variablesOf } from './references'
import { findingOfReference } from '../steps/faults'

const standIn = 'x'

/** Outputs that do not exist before the run, so that the rest of a template can be checked. */
const unknownOutputs = (template: string): Readonly<Record<string, JsonObject>> => {
  const paths = pipe(
    variablesOf(template),
    E.getOrElse((): ReadonlyArray<Path> => []),
  )
    .filter(([root, position]) => root === 'step' && position !== undefined)
    .map(([, ...path]) => path)
  // a value that another path leads through is no text
  const shortFirst = paths.toSorted((a, b) => a.length - b.length)
  return withValuesAt(
    {},
    shortFirst.map((path) => [path, standIn]),
  ) as Readonly<Record<string, JsonObject>>
}

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
