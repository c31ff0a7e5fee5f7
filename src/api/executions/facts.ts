import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import { connection, connectionStream } from '../../domain/connection/connection'
import type { OrganizationId } from '../../domain/ids'
import type { JsonObject } from '../../domain/json'
import type { LoadError } from '../../domain/load'
import { template, templateStream } from '../../domain/template/template'
import type { Node } from '../../domain/workflow-definition/node'
import { needsOf, type PreflightFacts } from '../../nodes/preflight'
import type { NotFound } from '../error'
import { owned, type Reading, type Told } from '../owned'

/** Undefined instead of an error for what is not there or belongs to another. */
const orAbsent = <A>(found: TE.TaskEither<LoadError | NotFound, Told<A>>): TE.TaskEither<LoadError, A | undefined> =>
  pipe(
    found,
    TE.map(({ state }): A | undefined => state),
    TE.orElse((error) => (error._tag === 'NotFound' ? TE.right(undefined) : TE.left(error))),
  )

const loadAll =
  <Id, A>(find: (id: Id) => TE.TaskEither<LoadError, A | undefined>) =>
  (ids: ReadonlyArray<Id>): TE.TaskEither<LoadError, (id: Id) => A | undefined> =>
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

/** What the checks before a run look at, read from the log; what belongs to another organization is absent. */
export const factsFor =
  (log: Reading, organization: OrganizationId) =>
  (nodes: ReadonlyArray<Node>, trigger: JsonObject): TE.TaskEither<LoadError, PreflightFacts> => {
    const { templates, connections } = needsOf(nodes)
    const findTemplate = (id: (typeof templates)[number]) =>
      orAbsent(owned(log)(template)(templateStream(id), organization))
    const findConnection = (id: (typeof connections)[number]) =>
      orAbsent(owned(log)(connection)(connectionStream(id), organization))
    return pipe(
      TE.Do,
      TE.apS('template', loadAll(findTemplate)(templates)),
      TE.apS('connection', loadAll(findConnection)(connections)),
      TE.map((found) => ({ ...found, trigger })),
    )
  }
