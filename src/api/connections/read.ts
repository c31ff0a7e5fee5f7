import { type Connection, connection, connectionStream } from '../../domain/connection/connection'
import { ConnectionId } from '../../domain/ids'
import type { Commanding } from '../deps'
import { type Dated, readOwned } from '../read-owned'

const shown = ({ state, createdAt, updatedAt, revision }: Dated<Connection>) => ({
  id: state.connectionId,
  name: state.name,
  type: state.connectionType,
  status: state.status,
  config: state.config,
  created_at: createdAt.toISOString(),
  updated_at: updatedAt.toISOString(),
  revision: Number(revision),
})

export const readConnection = (deps: Pick<Commanding, 'on' | 'store'>) =>
  readOwned(deps)({ aggregate: connection, id: ConnectionId, streamOf: connectionStream }, () => shown)
