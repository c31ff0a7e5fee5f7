import * as t from 'io-ts'
import { smtpServerOf } from '../nodes/email/smtp-server-url'
import { Optional, or, parsed, parsedIfSet, Text, whole } from '../process/config'
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
  /** Runs that one worker works on at the same time; one that waits for a server costs hardly anything. */
  WORKER_STEPS: or(whole(1, 1_000), '128'),
  /** The product's own mail, to people without an account: smtp(s)://user:password@host:port. Without it reviews cannot be asked for. */
  SMTP_URL: parsedIfSet('SMTP_URL', smtpServerOf),
  MAIL_FROM: or(Text, 'docg <docg@localhost>'),
  /** How people reach the API. */
  PUBLIC_URL: or(Text, 'http://localhost:5000'),
  LOG_LEVEL: or(Text, 'info'),
})
export type WorkflowConfig = t.TypeOf<typeof WorkflowConfig>
