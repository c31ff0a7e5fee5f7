import * as E from 'fp-ts/Either'
import type { ConnectionId } from '../../domain/ids'
import { pointingAt } from '../texts/foreseen'
import type { ConnectionType, Facts, Finding } from '../contract'
import { connectionMissing } from './findings'

const wrongWith = <Config, Secret>(
  id: ConnectionId,
  { type, provider, config }: ConnectionType<Config, Secret>,
  facts: Facts,
): ReadonlyArray<Finding> => {
  const connection = facts.connection(id)
  if (connection === undefined) return [connectionMissing(provider, `no connection ${id}`)]
  if (connection.connectionType !== type)
    return [connectionMissing(provider, `connection ${id} is of type ${connection.connectionType}`)]
  return E.isRight(config.decode(connection.config))
    ? (facts.probed?.[id] ?? [])
    : [connectionMissing(provider, `the configuration of connection ${id} is not usable`)]
}

/** What is wrong with a node's connection, as docg's definitions and its provider tell. */
export const checkConnection = <Config, Secret>(
  id: ConnectionId | undefined,
  type: ConnectionType<Config, Secret>,
  facts: Facts,
  pointer = '/connection_id',
): ReadonlyArray<Finding> => (id === undefined ? [] : wrongWith(id, type, facts).map(pointingAt(pointer)))
