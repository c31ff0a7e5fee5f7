import * as E from 'fp-ts/Either'
import type { ConnectionId } from '../../domain/ids'
import type { Facts, Finding } from '../node-type'
import type { ConnectionType } from './connection-type'
import { connectionMissing } from './findings'

/** Whether there is such a connection, as far as docg's own definitions tell. */
export const checkConnection = <Config, Secret>(
  id: ConnectionId,
  { type, provider, config }: ConnectionType<Config, Secret>,
  facts: Facts,
): ReadonlyArray<Finding> => {
  const connection = facts.connection(id)
  if (connection === undefined) return [connectionMissing(provider, `no connection ${id}`)]
  if (connection.connectionType !== type)
    return [connectionMissing(provider, `connection ${id} is of type ${connection.connectionType}`)]
  return E.isRight(config.decode(connection.config))
    ? []
    : [connectionMissing(provider, `the configuration of connection ${id} is not usable`)]
}
