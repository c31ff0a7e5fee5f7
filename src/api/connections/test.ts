import type * as T from 'fp-ts/Task'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import { commandHandler } from '../../domain/command-handler'
import { renderIssue } from '../../domain/messages/issue'
import { type Connection, connection, type ConnectionState, connectionStream } from '../../domain/connection'
import { ConnectionId } from '../../domain/ids'
import { type Finding, reportOf } from '../../nodes/connections/report'
import type { SecretOutcome, SecretStore } from '../../stores/secrets/secret-store'
import { ok } from '../answer'
import { mayAdminister } from '../auth/role'
import { noBody } from '../body/json'
import { commandContext } from '../context'
import type { Commanding } from '../deps'
import type { ApiError } from '../error'
import { idIn } from '../id'
import type { Call } from '../on'
import { owned } from '../owned'
import { noQuery } from '../query'
import { pathOf } from '../request'

/** Reaches the provider with the connection's secret and changes nothing there: what keeps steps from using the connection. */
export type ProbeConnection = (connection: Connection, secret: SecretOutcome) => T.Task<ReadonlyArray<Finding>>

type Deps = Pick<Commanding, 'on' | 'store' | 'keyed'> & {
  readonly secrets: Pick<SecretStore, 'get'>
  readonly probeConnection: ProbeConnection
}

const toBlock = (found: Finding): Finding => ({ ...found, severity: 'blocking' })
const isAhead = ({ code }: Finding): boolean => code === 'permissions.token_expiring'

/** Somebody asked: what does not answer now is in trouble, too. Never a repeat of an earlier command, whatever key the request has. */
const report = (
  { store, keyed }: Pick<Deps, 'store' | 'keyed'>,
  call: Call,
  state: Connection,
  findings: ReadonlyArray<Finding>,
): TE.TaskEither<ApiError, ConnectionState['status']> => {
  const command = reportOf(state, findings.filter((found) => !isAhead(found)).map(toBlock), new Date().toISOString())
  if (command === undefined) return TE.right(state.status)
  const said = keyed.hashOfRequest(
    'POST',
    pathOf(call.req),
    findings.map(({ code }) => code),
  )
  return pipe(
    TE.fromEither(commandContext(call.req, call, call.caller, said, [])),
    TE.chainW((context) => commandHandler(store)(connection)(connectionStream(state.connectionId), command, context)),
    TE.map((handled) => handled.state.status),
  )
}

/** That the provider refuses is an answer, not an error of the request. The connection's status says it from then on. */
export const tryConnection = ({ on, store, keyed, secrets, probeConnection }: Deps) =>
  on.route({
    roles: mayAdminister,
    query: noQuery,
    body: noBody,
    handle: (call) =>
      pipe(
        TE.fromEither(idIn(call.req, ConnectionId)),
        TE.chainW((id) => owned(store)(connection)(connectionStream(id), call.caller.organization)),
        TE.filterOrElseW(
          ({ state }) => state.status !== 'archived',
          (): ApiError => ({ _tag: 'ConnectionArchivedAlready' }),
        ),
        TE.bindTo('told'),
        TE.bindW('secret', ({ told: { state } }) => secrets.get(state.organizationId, state.connectionId)),
        TE.bindW('findings', ({ told, secret }) => TE.fromTask(probeConnection(told.state, secret))),
        TE.bindW('status', ({ told, findings }) => report({ store, keyed }, call, told.state, findings)),
        TE.map(({ told: { state }, findings, status }) =>
          ok({
            id: state.connectionId,
            status,
            ok: findings.length === 0,
            issues: findings.map((found) => renderIssue(call)({ ...found, node_id: null })),
          }),
        ),
      ),
  })
