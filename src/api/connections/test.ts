import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import { type Connection, connection, connectionStream } from '../../domain/connection/connection'
import { type Issue, renderIssue } from '../../domain/catalogue/issue'
import { ConnectionId } from '../../domain/ids'
import type { Fault } from '../../domain/fault'
import type { JsonObject } from '../../domain/json'
import type { SecretStore } from '../../stores/secrets/secret-store'
import { ok } from '../answer'
import { mayAdminister } from '../auth/role'
import { noBody } from '../body/json'
import type { Commanding } from '../deps'
import { idIn } from '../id'
import { owned } from '../owned'
import { noQuery } from '../query'

/** Reaches the provider with the connection's secret and changes nothing there. */
export type TestConnection = (
  connection: Connection,
  secret: JsonObject | undefined,
) => TE.TaskEither<{ readonly fault: Fault }, void>

const issuesOf = ({ fault: { code, personal } }: { readonly fault: Fault }): ReadonlyArray<Issue> => [
  { code, params: personal.params, tech: personal.tech, node_id: null },
]

type Deps = Pick<Commanding, 'on' | 'store'> & {
  readonly secrets: Pick<SecretStore, 'get'>
  readonly testConnection: TestConnection
}

/** That the provider refuses is an answer, not an error of the request. */
export const tryConnection = ({ on, store, secrets, testConnection }: Deps) =>
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
        TE.bindW('issues', ({ told, secret }) =>
          pipe(
            testConnection(told.state, secret),
            TE.match(issuesOf, () => []),
            TE.fromTask,
          ),
        ),
        TE.map(({ told: { state }, issues }) =>
          ok({
            id: state.connectionId,
            ok: issues.length === 0,
            issues: issues.map(renderIssue(call)),
          }),
        ),
      ),
  })
