import { pipe } from 'fp-ts/function'
import * as E from 'fp-ts/Either'
import * as TE from 'fp-ts/TaskEither'
import { comparePositions } from '../../../domain/position'
import type { EventStore, Position } from '../../../domain/event-store'
import type { ConnectionId, OrganizationId, WorkflowId } from '../../../domain/ids'
import {
  type Workflow,
  workflowDefinition,
  workflowDefinitionCategory,
  workflowDefinitionStream,
} from '../../../domain/workflow-definition'
import type { CatalogQueries } from '../../../projections/catalog/queries'
import type { ApiError, ReadModelUnavailable } from '../../error'
import { owned, type Told } from '../../owned'
import { asking, upToDate } from '../../read-side'

export type WorkflowLookup = {
  readonly store: Pick<EventStore, 'readStream' | 'subscribe' | 'tail'>
  readonly catalog: Pick<CatalogQueries, 'position' | 'waitForPosition' | 'workflowsStartedBy'>
}

const patienceMs = 1_000
const prefixes = [`${workflowDefinitionCategory}-`]

/** The last change of a workflow that the rows do not hold yet, as the log tells it; undefined when they hold all. */
const lastChangeAfter = async (
  store: WorkflowLookup['store'],
  position: Position | undefined,
): Promise<E.Either<ReadModelUnavailable, Position | undefined>> => {
  let last: Position | undefined
  for await (const delivery of store.subscribe(position ?? 'start', prefixes, AbortSignal.timeout(patienceMs))) {
    if (delivery._tag === 'Event') last = delivery.event.position
    if (delivery._tag === 'CaughtUp') return E.right(last)
  }
  return E.left({ _tag: 'ReadModelUnavailable', reason: 'the log does not say how far the rows are behind' })
}

/** What the rows lack of workflows is waited for: a workflow that was activated before the event is not missed. */
const rowsUpToDate = ({ store, catalog }: WorkflowLookup): TE.TaskEither<ApiError, void> =>
  pipe(
    TE.Do,
    TE.apSW('tail', store.tail),
    TE.apSW('position', asking(catalog.position)),
    TE.chainW(({ tail, position }): TE.TaskEither<ApiError, Position | undefined> => {
      const isWhole = tail === undefined || (position !== undefined && comparePositions(position, tail) >= 0)
      return isWhole ? TE.right(undefined) : () => lastChangeAfter(store, position)
    }),
    TE.chainW((wanted) => upToDate(catalog, wanted)),
  )

/** The organization's active workflows that this connection may start, as the log tells them now; at most a hundred. */
export const workflowsOf = (
  deps: WorkflowLookup,
  organization: OrganizationId,
  connection: ConnectionId,
): TE.TaskEither<ApiError, ReadonlyArray<Told<Workflow>>> =>
  pipe(
    rowsUpToDate(deps),
    TE.chainW(() => asking(() => deps.catalog.workflowsStartedBy(organization, connection))),
    TE.chainW((ids: ReadonlyArray<WorkflowId>) =>
      pipe(
        ids,
        TE.traverseArray((id) => owned(deps.store)(workflowDefinition)(workflowDefinitionStream(id), organization)),
      ),
    ),
    TE.map((told) => told.filter(({ state }) => state.status === 'active')),
  )
