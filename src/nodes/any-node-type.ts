import * as E from 'fp-ts/Either'
import { flow, pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import { type DecodeProblem, problemsOf } from '../domain/decode-problems'
import type { JsonObject } from '../domain/json'
import type { Prepared, Facts, Finding, LookUp, Needs, NodeType, StepFilling } from './contract'
import { decodeStored } from './texts/references'
import { faultOfFinding } from './steps/faults'
import type { StepFault, StepResult, StepRun, StepStop } from './steps/step-run'

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
  /** Undefined where there is nothing to look up. */
  readonly lookUp:
    ((config: JsonObject, asked: LookUp) => TE.TaskEither<ReadonlyArray<Finding>, JsonObject>) | undefined
  /** With what it lacks. */
  readonly check: (config: JsonObject, facts: Facts) => ReadonlyArray<Finding>
  readonly fill: (config: JsonObject, given: StepFilling) => E.Either<StepFault, unknown>
  readonly input: (config: JsonObject, prepared: Prepared<unknown>) => E.Either<StepFault, JsonObject>
  readonly execute: (config: JsonObject, run: StepRun & Prepared<unknown>) => TE.TaskEither<StepStop, StepResult>
}

const notConfigured = (label: string, problems: Problems): Finding => ({
  code: 'data.node_not_configured',
  params: { label, fields: problems.map(({ pointer }) => pointer.slice(1)).join(', ') },
  tech: problems.map(({ pointer, problem }) => `${pointer} ${problem}`).join('; '),
  pointers: problems.map(({ pointer }) => pointer),
})

const refused =
  ({ step }: { readonly step: Pick<StepRun['step'], 'label'> }) =>
  (problems: Problems): StepFault =>
    faultOfFinding(notConfigured(step.label, problems))

export const anyNodeType = <Config, Filled>(type: NodeType<Config, Filled>): AnyNodeType => {
  const known = (config: JsonObject) => pipe(decodeStored(type.config, config), E.mapLeft(problemsOf))
  const draft = (config: JsonObject) => pipe(decodeStored(type.config.draft, config), E.mapLeft(problemsOf))
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
        (drawn) => [...lacks(drawn, label), ...(type.incomplete?.(drawn, label) ?? [])],
      ),
    )

  return {
    ...type,
    decode: (config) =>
      pipe(
        type.config.draft.decode(config),
        E.bimap(problemsOf, (decoded) => type.config.draft.encode(decoded) as JsonObject),
      ),
    incomplete,
    lookUp:
      type.lookUp === undefined
        ? undefined
        : (config, asked) =>
            pipe(
              TE.fromEither(draft(config)),
              TE.mapLeft((): ReadonlyArray<Finding> => []),
              TE.chain((drawn) => type.lookUp?.(drawn, asked) ?? TE.left([])),
            ),
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
          (drawn) => type.check(drawn, facts),
        ),
      ),
    ],
    fill: (config, given) =>
      pipe(
        known(config),
        E.mapLeft(refused(given)),
        E.chain((decoded) => type.fill(decoded, given)),
      ),
    input: (config, prepared) =>
      pipe(
        known(config),
        E.mapLeft(refused(prepared)),
        E.chain((decoded) => type.input(decoded, prepared as Prepared<Filled>)),
      ),
    execute: (config, run) =>
      pipe(
        TE.fromEither(known(config)),
        TE.mapLeft(refused(run)),
        TE.chainW((decoded) => type.execute(decoded, run as StepRun & Prepared<Filled>)),
      ),
  }
}
