import knex, { type Knex } from 'knex'

export type PostgresOptions = {
  readonly url: string
  /** As the server lists it. */
  readonly name: string
  readonly connections: number
  /** Longest a statement may take, ms; a little more until a server that is silent is given up. */
  readonly answerMs?: number
  /** Off for what can be made again from the log: a crash takes the last rows together with the checkpoint that counts them. */
  readonly synchronousCommit?: boolean
  /** What knex would print on the console. */
  readonly warn?: (message: string) => void
}

type Asked = (error: Error | null, ...rest: ReadonlyArray<unknown>) => void
/** What we need of a connection of pg; knex's mark on it is why its pool must not give it out again. */
type Connection = {
  __knex__disposed?: unknown
  query: (query: unknown, asked: Asked) => unknown
  readonly connection: { readonly stream: { readonly destroy: () => unknown } }
}

const connectMs = 3_000
const keepAliveMs = 5_000

/** pg leaves a connection open whose query was given up, with the next query waiting behind it. */
const endWhenGivenUp = (connection: Connection): void => {
  const query = connection.query.bind(connection)
  connection.query = (sent, asked) =>
    query(sent, (error, ...rest) => {
      if (error?.message === 'Query read timeout') {
        connection.__knex__disposed = error
        connection.connection.stream.destroy()
      }
      asked(error, ...rest)
    })
}

/** A pool that answers or fails soon, whether PostgreSQL is away, overloaded or silent. */
export const openPostgres = ({
  url,
  name,
  connections,
  answerMs = 4_000,
  synchronousCommit = true,
  warn = () => undefined,
}: PostgresOptions): Knex =>
  knex({
    client: 'pg',
    connection: {
      connectionString: url,
      application_name: name,
      keepAlive: true,
      keepAliveInitialDelayMillis: keepAliveMs,
      connectionTimeoutMillis: connectMs,
      statement_timeout: answerMs,
      query_timeout: answerMs + 500,
      idle_in_transaction_session_timeout: answerMs,
      ...(synchronousCommit ? {} : { options: '-c synchronous_commit=off' }),
    },
    pool: {
      min: 0,
      max: connections,
      afterCreate: (connection: Connection, done: (error: null, connection: Connection) => void) => {
        endWhenGivenUp(connection)
        done(null, connection)
      },
    },
    acquireConnectionTimeout: connectMs + 500,
    log: { warn, error: warn, deprecate: warn, debug: () => undefined },
  })
