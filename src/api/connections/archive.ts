import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import { commandHandler } from '../../domain/command-handler'
import { connection, connectionStream } from '../../domain/connection'
import type { EventStore, Position } from '../../domain/event-store'
import { ConnectionId, type OrganizationId } from '../../domain/ids'
import { workflowDefinitionCategory } from '../../domain/workflow-definition'
import type { CatalogQueries, ReadModelBehind } from '../../projections/catalog/queries'
import type { SecretStore } from '../../stores/secrets/secret-store'
import { done } from '../answer'
import { mayAdminister } from '../auth/role'
import { noBody } from '../body/json'
import { contextOf } from '../command'
import { headerOf } from '../context'
import type { Commanding } from '../deps'
import type { ApiError } from '../error'
import { pinnedRevision } from '../etag'
import { idIn } from '../id'
import { owned } from '../owned'
import { noQuery } from '../query'
import { asking, patienceMs, upToDate } from '../read-side'

type Deps = Omit<Commanding, 'store'> & {
  readonly store: Commanding['store'] & Pick<EventStore, 'subscribe'>
  readonly catalog: CatalogQueries
  readonly secrets: Pick<SecretStore, 'remove'>
}

/** Where the log has the last event of a workflow after `from`; undefined when it has none. */
const lastWorkflow =
  ({ subscribe }: Pick<EventStore, 'subscribe'>) =>
  (from: Position | undefined): TE.TaskEither<ReadModelBehind, Position | undefined> =>
  async () => {
    const over = AbortSignal.timeout(patienceMs)
    let last: Position | undefined
    for await (const delivery of subscribe(from ?? 'start', [`${workflowDefinitionCategory}-`], over)) {
      if (delivery._tag === 'Event') last = delivery.event.position
      if (delivery._tag === 'CaughtUp') return E.right(last)
    }
    return E.left({ _tag: 'ReadModelBehind', position: from })
  }

/** The rows are asked once they hold every workflow that is in the log now. */
const notInUse = (
  { store, catalog }: Pick<Deps, 'store' | 'catalog'>,
  organization: OrganizationId,
  id: ConnectionId,
): TE.TaskEither<ApiError, void> =>
  pipe(
    asking(catalog.position),
    TE.chainW(lastWorkflow(store)),
    TE.chainW((last) => upToDate(catalog, last)),
    TE.chainW(() => asking(() => catalog.workflowsUsing(organization, id))),
    TE.chainEitherKW((users) =>
      users.count === 0 ? E.right(undefined) : E.left<ApiError>({ _tag: 'ConnectionInUse', ...users }),
    ),
  )

/**
 * For runs and their checks it is from now on as if it did not exist, and its secret is gone. Refused while active workflows use it; one that is
 * activated at this very moment finds out before its next run.
 */
export const archiveConnection = ({ on, store, keyed, catalog, secrets }: Deps) =>
  on.route({
    roles: mayAdminister,
    query: noQuery,
    body: noBody,
    handle: (call) =>
      pipe(
        TE.fromEither<ApiError, ConnectionId>(idIn(call.req, ConnectionId)),
        TE.bindTo('id'),
        TE.bindW('told', ({ id }) => owned(store)(connection)(connectionStream(id), call.caller.organization)),
        TE.bindW('pinned', () => TE.fromEither(pinnedRevision(headerOf(call.req, 'if-match')))),
        TE.bindW('context', () => contextOf(keyed, call)),
        TE.chainFirstW(({ id, told, context }) =>
          told.state.status === 'archived'
            ? TE.right(undefined)
            : notInUse({ store, catalog }, context.organization, id),
        ),
        TE.bindW('handled', ({ id, context, pinned }) =>
          commandHandler(store)(connection)(connectionStream(id), { type: 'ArchiveConnection' }, context, pinned),
        ),
        TE.chainFirstW(({ id, context, handled }) => secrets.remove(context.organization, id, handled.revision)),
        TE.map(({ id, handled }) => done({ id, status: handled.state.status }, handled)),
      ),
  })
