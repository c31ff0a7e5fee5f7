import * as t from 'io-ts'
import { Key, Optional, or, Text, whole } from '../process/config'

export const WorkflowConfig = t.type({
  EVENTSTORE_URL: Text,
  DATABASE_URL: Text,
  TEMPORAL_ADDRESS: Text,
  TEMPORAL_NAMESPACE: or(Text, 'default'),
  TEMPORAL_TASK_QUEUE: or(Text, 'docg'),
  BLOB_URL: Text,
  DOCG_SECRET_KEY: Key,
  /** `allow` lets deliveries go to loopback and private addresses: for development. */
  OUTGOING_PRIVATE_ADDRESSES: or(t.keyof({ allow: null, refuse: null }), 'refuse'),
  /** Folder that `file:` destinations must lie under. */
  STORAGE_ROOT: Optional,
  WORKER_STEPS: or(whole(1, 200), '20'),
  LOG_LEVEL: or(Text, 'info'),
})
export type WorkflowConfig = t.TypeOf<typeof WorkflowConfig>
