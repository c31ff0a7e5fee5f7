import type { ConnectionId } from '../domain/ids'
import { connectionTypeOf } from './connection-config'
import type { Facts, Finding } from './node-type'

export const providerOf = (type: string): string => (type === 'smtp' ? 'SMTP' : type)

const missing = (type: string, tech: string): Finding => ({
  code: 'permissions.connection_missing',
  params: { provider: providerOf(type) },
  tech,
})

export const checkConnection = (id: ConnectionId, type: string, facts: Facts): ReadonlyArray<Finding> => {
  const connection = facts.connection(id)
  if (connection === undefined) return [missing(type, `no connection ${id}`)]
  if (connection.connectionType !== type)
    return [missing(type, `connection ${id} is of type ${connection.connectionType}`)]
  const decoded = connectionTypeOf(type)?.decodeConfig(connection.config)
  return decoded?._tag === 'Right' ? [] : [missing(type, `the configuration of connection ${id} is not usable`)]
}
