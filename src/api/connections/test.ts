import type * as T from 'fp-ts/Task'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import { type Connection, connection, connectionStream } from '../../domain/connection/connection'
import { ConnectionId } from '../../domain/ids'
import type { SecretOutcome, SecretStore } from '../../stores/secrets/secret-store'
import { ok } from '../answer'
import { mayAdminister } from '../auth/role'
import { noBody } from '../body/json'
import type { Commanding } from '../deps'
import { idIn } from '../id'
import { type Issue, renderIssue } from '../issue'
import { owned } from '../owned'
import { noQuery } from '../query'

/** Reaches the provider with the connection's secret and changes nothing there: what keeps steps from using the connection. */
export type ProbeConnection = (
  connection: Connection,
  secret: SecretOutcome,
) => T.Task<ReadonlyArray<Omit<Issue, 'node_id'>>>

type Deps = Pick<Commanding, 'on' | 'store'> & {
  readonly secrets: Pick<SecretStore, 'get'>
  readonly probeConnection: ProbeConnection
}

/** That the provider refuses is an answer, not an error of the request. */
export const tryConnection = ({ on, store, secrets, probeConnection }: Deps) =>
  on.route({
    roles: mayAdminister,
    query: noQuery,
    body: noBody,
    handle: (call) =>
      pipe(
        TE.fromEither(idIn(call.req, ConnectionId)),
        TE.chainW((id) => owned(store)(connection)(connectionStream(id), call.caller.organization)),
        TE.bindTo('told'),
        TE.bindW('secret', ({ told: { state } }) => secrets.get(state.organizationId, state.connectionId)),
        TE.bindW('findings', ({ told, secret }) => TE.fromTask(probeConnection(told.state, secret))),
        TE.map(({ told: { state }, findings }) =>
          ok({
            id: state.connectionId,
            ok: findings.length === 0,
            issues: findings.map((found) => renderIssue(call.locale, call.showTech)({ ...found, node_id: null })),
          }),
        ),
      ),
  })
