import { connectionMissing } from '../connections/findings'
import { storage as destination } from '../connections/storage'
import type { NodeType } from '../contract'
import { check } from './check'
import { StorageNodeConfig } from './config'
import { execute } from './execute'
import { folderFor, input } from './input'

/** The run's documents in a folder or a bucket. */
export const storage: NodeType<StorageNodeConfig, ReadonlyArray<string>> = {
  node_type: 'storage',
  aliases: [],
  kind: 'delivery',
  phase: 'save',
  attempts: 3,
  timeoutMs: 120_000,
  config: StorageNodeConfig,
  missing: { connection_id: () => connectionMissing(destination.provider, 'connection_id is missing') },
  needs: ({ connection_id }) => ({ templates: [], connections: connection_id === undefined ? [] : [connection_id] }),
  check,
  fill: folderFor,
  input,
  execute,
}
