import * as E from 'fp-ts/Either'
import { flow, pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import { type DecodeProblem, problemsOf } from '../domain/decode-problems'
import type { JsonObject } from '../domain/json'
import type { Facts, Finding, Needs, NodeType } from './node-type'
import { faultOfFinding } from './step-faults'
import type { StepFault, StepResult, StepRun, StepStop } from './step-run'

type Problems = ReadonlyArray<DecodeProblem>

/** A node type whose configuration is stored JSON: decoded inside, so that types of every configuration can stand in one list. */
export type AnyNodeType = Pick<
  NodeType<never>,
  'node_type' | 'aliases' | 'kind' | 'phase' | 'attempts' | 'timeoutMs'
> & {
  /** The configuration as it may be stored, which may lack what is required; pointers start at the configuration. */
  readonly decode: (config: unknown) => E.Either<Problems, JsonObject>
  /** What it lacks, whatever the data; nothing when it can be activated. */
  readonly incomplete: (config: JsonObject, label: string) => ReadonlyArray<Finding>
  readonly needs: (config: JsonObject) => Needs
  /** With what it lacks. */
  readonly check: (config: JsonObject, facts: Facts) => ReadonlyArray<Finding>
  readonly input: (
    config: JsonObject,
    run: Pick<StepRun, 'references' | 'documents' | 'step'>,
  ) => E.Either<StepFault, JsonObject>
  readonly execute: (config: JsonObject, run: StepRun) => TE.TaskEither<StepStop, StepResult>
}

const notConfigured = (label: string, problems: Problems): Finding => ({
  code: 'data.node_not_configured',
  params: { label, fields: problems.map(({ pointer }) => pointer.slice(1)).join(', ') },
  tech: problems.map(({ pointer, problem }) => `${pointer} ${problem}`).join('; '),
  pointers: problems.map(({ pointer }) => pointer),
})

const refused =
  ({ step }: Pick<StepRun, 'step'>) =>
  (problems: Problems): StepFault =>
    faultOfFinding(notConfigured(step.label, problems))

export const anyNodeType = <Config>(type: NodeType<Config>): AnyNodeType => {
  const decoded = (config: unknown) => pipe(type.config.decode(config), E.mapLeft(problemsOf))
  const draft = (config: unknown) => pipe(type.config.draft.decode(config), E.mapLeft(problemsOf))
  const missing: Readonly<Record<string, ((label: string) => Finding) | null>> = type.missing

  const lacks = (config: Readonly<Record<string, unknown>>, label: string): ReadonlyArray<Finding> => {
    const absent = type.config.required.filter((field) => config[field] === undefined)
    const unnamed = absent.filter((field) => missing[field] == null)
    return [
      ...absent.flatMap((field) => {
        const finding = missing[field]?.(label)
        return finding === undefined ? [] : [{ ...finding, pointers: [`/${field}`] }]
      }),
      ...(unnamed.length === 0
        ? []
        : [
            notConfigured(
              label,
              unnamed.map((field) => ({ pointer: `/${field}`, problem: 'is missing' })),
            ),
          ]),
    ]
  }
  const incomplete: AnyNodeType['incomplete'] = (config, label) =>
    pipe(
      draft(config),
      E.match(
        (problems) => [notConfigured(label, problems)],
        (known) => [...lacks(known, label), ...(type.incomplete?.(known, label) ?? [])],
      ),
    )

  return {
    ...type,
    decode: flow(
      draft,
      E.map((config) => type.config.draft.encode(config) as JsonObject),
    ),
    incomplete,
    needs: flow(
      draft,
      E.match(() => ({ templates: [], connections: [] }), type.needs),
    ),
    check: (config, facts) => [
      ...incomplete(config, facts.label),
      ...pipe(
        draft(config),
        E.match(
          () => [],
          (known) => type.check(known, facts),
        ),
      ),
    ],
    input: (config, run) =>
      pipe(
        decoded(config),
        E.mapLeft(refused(run)),
        E.chain((known) => type.input(known, run)),
      ),
    execute: (config, run) =>
      pipe(
        TE.fromEither(decoded(config)),
        TE.mapLeft(refused(run)),
        TE.chainW((known) => type.execute(known, run)),
      ),
  }
}
