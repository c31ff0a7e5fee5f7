import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as T from 'fp-ts/Task'
import * as TE from 'fp-ts/TaskEither'
import type { Connection } from '../../domain/connection'
import type { ConnectionId, TemplateId } from '../../domain/ids'
import type { JsonObject } from '../../domain/json'
import type { Node } from '../../domain/workflow-definition'
import type { Finding, UsedTemplate } from '../contract'
import { meant, needsOf, type PreflightFacts, type Purpose } from './check'
import type { LookedUp, Probes } from './probes'

/** Where facts come from. What belongs to another organization is absent there. */
export type FactSources<Away> = {
  readonly template: (id: TemplateId) => TE.TaskEither<Away, UsedTemplate | undefined>
  readonly connection: (id: ConnectionId) => TE.TaskEither<Away, Connection | undefined>
  readonly canMail: boolean
  readonly probes: Probes
}

/** What the checks are for, and about. */
export type Asked = {
  readonly trigger: JsonObject
  readonly purpose: Purpose
  /** The trigger's data are whole: the run has looked them up. */
  readonly isLookedUp?: boolean
  /** Nothing that a probe found before is taken for an answer. */
  readonly fresh?: boolean
}

const all =
  <Id extends string, A, Away>(find: (id: Id) => TE.TaskEither<Away, A | undefined>) =>
  (ids: ReadonlyArray<Id>): TE.TaskEither<Away, Readonly<Partial<Record<Id, A>>>> =>
    pipe(
      ids,
      TE.traverseArray((id) =>
        pipe(
          find(id),
          TE.map((found) => [id, found] as const),
        ),
      ),
      TE.map((found) => Object.fromEntries(found.filter(([, each]) => each !== undefined)) as Partial<Record<Id, A>>),
    )

type Known = Pick<PreflightFacts, 'templates' | 'connections'>
type Probed = NonNullable<PreflightFacts['probed']>

/** Of what the nodes need that are checked, all at once. */
const probed = (
  { connection, template }: Probes,
  nodes: ReadonlyArray<Node>,
  { templates, connections }: Known,
  { purpose, fresh = false }: Asked,
): T.Task<Probed> => {
  const needs = needsOf(meant(nodes, purpose))
  const probes = [
    ...needs.connections.flatMap((id) => {
      const known = connections[id]
      return known === undefined ? [] : [[id, connection(known, fresh)] as const]
    }),
    ...needs.templates.flatMap((id) => {
      const used = templates[id]
      return used === undefined ? [] : [[id, template(used.version, fresh)] as const]
    }),
  ]
  return pipe(
    probes,
    T.traverseArray(([id, probe]) =>
      pipe(
        probe,
        T.map((found): readonly [string, ReadonlyArray<Finding>] => [id, found]),
      ),
    ),
    T.map((found) => Object.fromEntries(found)),
  )
}

const source = (
  { source }: Probes,
  [first]: ReadonlyArray<Node>,
  { connections }: Known,
  { trigger, isLookedUp = false }: Asked,
): ReturnType<Probes['source']> =>
  first === undefined || isLookedUp ? T.of(undefined) : source(first, (id) => connections[id], trigger)

/** What was given with the run comes before what was looked up for it. */
const withSource = (trigger: JsonObject, found: LookedUp | undefined): Pick<PreflightFacts, 'trigger' | 'source'> => {
  if (found === undefined) return { trigger }
  return E.isLeft(found)
    ? { trigger, source: { isKnown: false, findings: found.left } }
    : { trigger: { ...found.right, ...trigger }, source: { isKnown: true, findings: [] } }
}

/** Everything that the checks of these nodes look at: what docg knows of them, then what lies outside, each side by side. */
export const gather =
  <Away>({ template, connection, canMail, probes }: FactSources<Away>) =>
  (nodes: ReadonlyArray<Node>, asked: Asked): TE.TaskEither<Away, PreflightFacts> => {
    const { templates, connections } = needsOf(nodes)
    return pipe(
      TE.Do,
      TE.apS('templates', all(template)(templates)),
      TE.apS('connections', all(connection)(connections)),
      TE.chainTaskK((known) =>
        pipe(
          T.Do,
          T.apS('probed', probed(probes, nodes, known, asked)),
          T.apS('source', source(probes, nodes, known, asked)),
          T.map(({ source, ...found }) => ({ ...known, ...found, ...withSource(asked.trigger, source), canMail })),
        ),
      ),
    )
  }
