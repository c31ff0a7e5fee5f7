import * as E from 'fp-ts/Either'
import { flow, pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import { type DecodeProblem, problemsOf } from '../domain/decode-problems'
import { fault } from '../domain/fault'
import type { JsonObject } from '../domain/json'
import type { Facts, Finding, Needs, NodeType } from './node-type'
import type { StepFault, StepResult, StepRun, StepStop } from './step-run'

type Problems = ReadonlyArray<DecodeProblem>

/** A node type whose configuration is stored JSON: decoded inside, so that types of every configuration can stand in one list. */
export type AnyNodeType = Pick<
  NodeType<never>,
  'node_type' | 'aliases' | 'kind' | 'phase' | 'attempts' | 'timeoutMs'
> & {
  /** The configuration as it may be stored; pointers start at the configuration. */
  readonly decode: (config: unknown) => E.Either<Problems, JsonObject>
  readonly needs: (config: JsonObject) => Needs
  readonly check: (config: JsonObject, facts: Facts) => ReadonlyArray<Finding>
  readonly input: (
    config: JsonObject,
    run: Pick<StepRun, 'references' | 'documents' | 'step'>,
  ) => E.Either<StepFault, JsonObject>
  readonly execute: (config: JsonObject, run: StepRun) => TE.TaskEither<StepStop, StepResult>
}

const listed = (problems: Problems): string =>
  problems.map(({ pointer, problem }) => `${pointer} ${problem}`).join('; ')

const incomplete = (problems: Problems): Finding => ({
  code: 'data.missing_required_field',
  params: { count: problems.length, fields: problems.map(({ pointer }) => pointer.slice(1)).join(', ') },
  tech: listed(problems),
})

const refused = (problems: Problems): StepFault => {
  const { code, params, tech } = incomplete(problems)
  return { _tag: 'StepFault', retryable: false, fault: fault(code, params, tech) }
}

export const anyNodeType = <Config>(type: NodeType<Config>): AnyNodeType => {
  const decoded = (config: unknown) => pipe(type.config.decode(config), E.mapLeft(problemsOf))
  return {
    ...type,
    decode: flow(
      decoded,
      E.map((config) => type.config.encode(config) as JsonObject),
    ),
    needs: flow(
      decoded,
      E.match(() => ({ templates: [], connections: [] }), type.needs),
    ),
    check: (config, facts) =>
      pipe(
        decoded(config),
        E.match(
          (problems) => [incomplete(problems)],
          (known) => type.check(known, facts),
        ),
      ),
    input: (config, run) =>
      pipe(
        decoded(config),
        E.mapLeft(refused),
        E.chain((known) => type.input(known, run)),
      ),
    execute: (config, run) =>
      pipe(
        TE.fromEither(decoded(config)),
        TE.mapLeft(refused),
        TE.chainW((known) => type.execute(known, run)),
      ),
  }
}
