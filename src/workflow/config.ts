import * as t from 'io-ts'
import { Optional, or, parsed, Text, whole } from '../process/config'
import { blobStoreFromUrl } from '../stores/blobs/from-url'
import { keyringOf } from '../stores/secrets/keyring'

export const WorkflowConfig = t.type({
  EVENTSTORE_URL: Text,
  DATABASE_URL: Text,
  TEMPORAL_ADDRESS: Text,
  TEMPORAL_NAMESPACE: or(Text, 'default'),
  TEMPORAL_TASK_QUEUE: or(Text, 'docg'),
  BLOB_URL: parsed('BLOB_URL', blobStoreFromUrl),
  DOCG_SECRET_KEY: parsed('DOCG_SECRET_KEY', keyringOf),
  /** `allow` lets deliveries go to loopback and private addresses: for development. */
  OUTGOING_PRIVATE_ADDRESSES: or(t.keyof({ allow: null, refuse: null }), 'refuse'),
  /** Folder that `file:` destinations must lie under. */
  STORAGE_ROOT: Optional,
  WORKER_STEPS: or(whole(1, 200), '20'),
  LOG_LEVEL: or(Text, 'info'),
})
export type WorkflowConfig = t.TypeOf<typeof WorkflowConfig>
