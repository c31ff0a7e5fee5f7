import { connection, connectionStream } from '../../domain/connection'
import { ConnectionId } from '../../domain/ids'
import type { Commanding } from '../deps'
import { readOwned } from '../read-owned'
import { shownState } from './shown'

export const readConnection = (deps: Pick<Commanding, 'on' | 'store'>) =>
  readOwned(deps)(
    { aggregate: connection, id: ConnectionId, streamOf: connectionStream },
    (reader) =>
      ({ state, createdAt, updatedAt, revision }) => ({
        ...shownState(reader, state),
        created_at: createdAt.toISOString(),
        updated_at: updatedAt.toISOString(),
        revision: Number(revision),
      }),
  )
