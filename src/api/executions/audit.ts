import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import type { Position } from '../../domain/event-store'
import { executionStream } from '../../domain/execution'
import type { AuditEvent, AuditQueries } from '../../projections/audit/queries'
import type { ExecutionRow } from '../../projections/executions/queries'
import { mayAudit } from '../auth/role'
import { ignoreBody } from '../body/json'
import type { ApiError } from '../error'
import { query } from '../query'
import { listParameters, pageAnswer, readPage } from '../read-side'
import { type ReadingRuns, runAsked, runParameters } from './reading'

type Deps = ReadingRuns & { readonly audit: AuditQueries }

const { at_least_position: _, ...pageParameters } = listParameters
const auditQuery = query({ ...runParameters, ...pageParameters })

const shownAudit = ({ timestamp, ...event }: AuditEvent): object => ({ ...event, timestamp: timestamp.toISOString() })

/** Where the run's last shown event stands in the log: the audit's rows have a position of their own. */
const positionOf =
  ({ store }: Pick<Deps, 'store'>) =>
  ({ id, revision }: ExecutionRow): TE.TaskEither<ApiError, Position | undefined> =>
    pipe(
      store.readStream(executionStream(id), { from: revision, limit: 1 }),
      TE.map(([event]) => event?.position),
    )

export const readAudit = (deps: Deps) =>
  deps.on.route({
    roles: mayAudit,
    query: auditQuery,
    body: ignoreBody,
    handle: (call) =>
      pipe(
        runAsked(deps)(call),
        TE.bindTo('run'),
        TE.bind('wanted', ({ run }) =>
          call.query.at_least === undefined ? TE.right(undefined) : positionOf(deps)(run.row),
        ),
        TE.bind('read', ({ run, wanted }) =>
          readPage(
            deps.audit,
            { limit: call.query.limit, cursor: call.query.cursor, at_least_position: wanted },
            (paging) => deps.audit.ofExecution(call.caller.organization, run.row.id, paging),
          ),
        ),
        // No ETag: these rows may lag behind the run's, and a reader must not be told that an old list is still the list.
        TE.map(({ read }) => pageAnswer('events', shownAudit)(read)),
      ),
  })
