import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import type { Connection } from '../../domain/connection/connection'
import type { ConnectionId, TemplateId } from '../../domain/ids'
import type { JsonObject } from '../../domain/json'
import type { TemplateVersion } from '../../domain/template/version'
import type { Node } from '../../domain/workflow-definition/node'
import { needsOf, type PreflightFacts } from './check'

/** Where facts come from: of a template the version that would be used. What belongs to another organization is absent there. */
export type FactSources<Away> = {
  readonly template: (id: TemplateId) => TE.TaskEither<Away, TemplateVersion | undefined>
  readonly connection: (id: ConnectionId) => TE.TaskEither<Away, Connection | undefined>
  readonly canMail: boolean
}

const all =
  <Id, A, Away>(find: (id: Id) => TE.TaskEither<Away, A | undefined>) =>
  (ids: ReadonlyArray<Id>): TE.TaskEither<Away, (id: Id) => A | undefined> =>
    pipe(
      ids,
      TE.traverseArray((id) =>
        pipe(
          find(id),
          TE.map((found) => [id, found] as const),
        ),
      ),
      TE.map((found) => {
        const known = new Map(found)
        return (id: Id) => known.get(id)
      }),
    )

/** Everything that the checks of these nodes look at, read side by side. */
export const gather =
  <Away>({ template, connection, canMail }: FactSources<Away>) =>
  (nodes: ReadonlyArray<Node>, trigger: JsonObject): TE.TaskEither<Away, PreflightFacts> => {
    const { templates, connections } = needsOf(nodes)
    return pipe(
      TE.Do,
      TE.apS('template', all(template)(templates)),
      TE.apS('connection', all(connection)(connections)),
      TE.map((found) => ({ ...found, trigger, canMail })),
    )
  }
