import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import type { Connection } from '../../domain/connection/connection'
import type { ConnectionId, TemplateId } from '../../domain/ids'
import type { JsonObject } from '../../domain/json'
import type { Template } from '../../domain/template/template'
import type { Node } from '../../domain/workflow-definition/node'
import { needsOf, type PreflightFacts } from './check'

/** Where facts come from; what belongs to another organization is absent there. */
export type FactSources<Away> = {
  readonly template: (id: TemplateId) => TE.TaskEither<Away, Template | undefined>
  readonly connection: (id: ConnectionId) => TE.TaskEither<Away, Connection | undefined>
  readonly canMail: boolean
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

/** Everything that the checks of these nodes look at, read side by side. */
export const gather =
  <Away>({ template, connection, canMail }: FactSources<Away>) =>
  (
    nodes: ReadonlyArray<Node>,
    trigger: JsonObject,
    pinned: Readonly<Record<string, number>> = {},
  ): TE.TaskEither<Away, PreflightFacts> => {
    const { templates, connections } = needsOf(nodes)
    return pipe(
      TE.Do,
      TE.apS('templates', all(template)(templates)),
      TE.apS('connections', all(connection)(connections)),
      TE.map((found) => ({ ...found, trigger, canMail, pinned })),
    )
  }
