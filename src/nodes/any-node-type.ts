import * as E from 'fp-ts/Either'
import { flow, pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import { type DecodeProblem, problemsOf } from '../domain/decode-problems'
import { fault } from '../domain/fault'
import type { JsonObject } from '../domain/json'
import type { Prepared, Facts, Finding, Needs, NodeType, StepFilling } from './node-type'
import { decodeStored } from './references'
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
  readonly fill: (config: JsonObject, given: StepFilling) => E.Either<StepFault, unknown>
  readonly input: (config: JsonObject, prepared: Prepared<unknown>) => E.Either<StepFault, JsonObject>
  readonly execute: (config: JsonObject, run: StepRun & Prepared<unknown>) => TE.TaskEither<StepStop, StepResult>
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

export const anyNodeType = <Config, Filled>(type: NodeType<Config, Filled>): AnyNodeType => {
  const known = (config: JsonObject) => pipe(decodeStored(type.config, config), E.mapLeft(problemsOf))
  return {
    ...type,
    decode: (config) =>
      pipe(
        type.config.decode(config),
        E.bimap(problemsOf, (decoded) => type.config.encode(decoded) as JsonObject),
      ),
    needs: flow(
      known,
      E.match(() => ({ templates: [], connections: [] }), type.needs),
    ),
    check: (config, facts) =>
      pipe(
        known(config),
        E.match(
          (problems) => [incomplete(problems)],
          (decoded) => type.check(decoded, facts),
        ),
      ),
    fill: (config, given) =>
      pipe(
        known(config),
        E.mapLeft(refused),
        E.chain((decoded) => type.fill(decoded, given)),
      ),
    input: (config, prepared) =>
      pipe(
        known(config),
        E.mapLeft(refused),
        E.chain((decoded) => type.input(decoded, prepared as Prepared<Filled>)),
      ),
    execute: (config, run) =>
      pipe(
        TE.fromEither(known(config)),
        TE.mapLeft(refused),
        TE.chainW((decoded) => type.execute(decoded, run as StepRun & Prepared<Filled>)),
      ),
  }
}
