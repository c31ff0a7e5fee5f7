import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import type { Position, Revision } from '../../domain/event-store'
import { execution, executionStream } from '../../domain/execution'
import { ExecutionId, type OrganizationId } from '../../domain/ids'
import { load } from '../../domain/load'
import { revision } from '../../domain/position'
import type { Reader } from '../../domain/visibility'
import type { ExecutionQueries, ExecutionRow } from '../../projections/executions/queries'
import { ok } from '../answer'
import { mayRead } from '../auth/role'
import { ignoreBody } from '../body/json'
import type { Commanding } from '../deps'
import { type ApiError, notFound } from '../error'
import { idIn } from '../id'
import type { Call } from '../on'
import { query, revisionParameter } from '../query'
import { asking, patienceMs } from '../read-side'

export type ReadingRuns = Pick<Commanding, 'on' | 'store'> & { readonly executions: ExecutionQueries }

/** Parameters of a read of one run. */
export const runParameters = { at_least: revisionParameter }

const born = revision(0n)

/** Whose run it is, by its first event: known before any row of it. */
const ownedInLog =
  ({ store }: Pick<ReadingRuns, 'store'>) =>
  (id: ExecutionId, organization: OrganizationId): TE.TaskEither<ApiError, void> =>
    pipe(
      load(store)(execution)(executionStream(id), born),
      TE.chainW(({ state }) =>
        state.status !== 'unborn' && state.organizationId === organization ? TE.right(undefined) : TE.left(notFound),
      ),
    )

export type FoundRun = { readonly row: ExecutionRow; readonly position: Position | undefined }

type Now = { readonly row: ExecutionRow | undefined; readonly position: Position | undefined }

/** The row of a run, of revision `atLeast` or later. A run that is in the log and not yet in the rows is waited for. */
export const foundRun =
  ({ executions, store }: Omit<ReadingRuns, 'on'>) =>
  (id: ExecutionId, organization: OrganizationId, atLeast: Revision | undefined): TE.TaskEither<ApiError, FoundRun> => {
    const wanted = atLeast ?? born
    const now = pipe(
      asking(executions.position),
      TE.bindTo('position'),
      TE.bind('row', () => asking(() => executions.get(organization, id))),
    )
    const awaited = pipe(
      ownedInLog({ store })(id, organization),
      TE.chainW(() => asking(() => executions.waitForRevision(id, wanted, patienceMs))),
      TE.chainW(TE.fromEither),
      TE.chainW(() => now),
    )
    return pipe(
      now,
      TE.chainW((known): TE.TaskEither<ApiError, Now> =>
        known.row !== undefined && known.row.revision >= wanted ? TE.right(known) : awaited,
      ),
      TE.chainW(({ row, position }) => (row === undefined ? TE.left(notFound) : TE.right({ row, position }))),
    )
  }

type RunCall = Call<{ readonly at_least: Revision | undefined }>

/** The run that the path names, if it is the caller's. */
export const runAsked =
  (deps: Omit<ReadingRuns, 'on'>) =>
  ({ req, caller, query }: RunCall): TE.TaskEither<ApiError, FoundRun> =>
    pipe(
      TE.fromEither<ApiError, ExecutionId>(idIn(req, ExecutionId)),
      TE.chain((id) => foundRun(deps)(id, caller.organization, query.at_least)),
    )

export const runQuery = query(runParameters)

/** GET of everything of one kind that a run has, in order. */
export const readAllOf =
  (deps: ReadingRuns) =>
  <Item>(
    name: string,
    ask: (organization: OrganizationId, id: ExecutionId) => Promise<ReadonlyArray<Item>>,
    shown: (reader: Reader) => (item: Item) => object,
  ) =>
    deps.on.route({
      roles: mayRead,
      query: runQuery,
      body: ignoreBody,
      handle: (call) =>
        pipe(
          runAsked(deps)(call),
          TE.bindTo('run'),
          TE.bindW('items', ({ run }) => asking(() => ask(call.caller.organization, run.row.id))),
          TE.map(({ run: { row, position }, items }) =>
            ok({ [name]: items.map(shown(call)) }, { revision: row.revision, position }),
          ),
        ),
    })
