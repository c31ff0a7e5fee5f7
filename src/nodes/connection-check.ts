import { pointingAt } from './checking'
import type { ConnectionId } from '../domain/ids'
import { connectionTypeOf } from './connection-config'
import type { Facts, Finding } from './node-type'

export const providerOf = (type: string): string => (type === 'smtp' ? 'SMTP' : type)

export const connectionMissing = (type: string, tech: string): Finding => ({
  code: 'permissions.connection_missing',
  params: { provider: providerOf(type) },
  tech,
})

const wrongWith = (id: ConnectionId, type: string, facts: Facts): ReadonlyArray<Finding> => {
  const connection = facts.connection(id)
  if (connection === undefined) return [connectionMissing(type, `no connection ${id}`)]
  if (connection.connectionType !== type)
    return [connectionMissing(type, `connection ${id} is of type ${connection.connectionType}`)]
  const decoded = connectionTypeOf(type)?.decodeConfig(connection.config)
  return decoded?._tag === 'Right'
    ? (facts.probed?.[id] ?? [])
    : [connectionMissing(type, `the configuration of connection ${id} is not usable`)]
}

/** What is wrong with a node's connection, as docg's definitions and its provider tell. */
export const checkConnection = (id: ConnectionId | undefined, type: string, facts: Facts): ReadonlyArray<Finding> =>
  id === undefined ? [] : wrongWith(id, type, facts).map(pointingAt('/connection_id'))
