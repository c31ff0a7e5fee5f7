import type * as t from 'io-ts'
import { exactObject } from '../../domain/exact'
import { ConnectionId } from '../../domain/ids'
import { templateText } from '../texts/references'

export const StorageNodeConfig = exactObject(
  'StorageNodeConfig',
  { connection_id: ConnectionId },
  {
    /** Folder inside the connection's destination, steps with "/". */
    folder: templateText(500, { min: 0 }),
  },
)
export type StorageNodeConfig = t.TypeOf<typeof StorageNodeConfig>
