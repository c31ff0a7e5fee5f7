import * as t from 'io-ts'
import { Optional, or, Text, whole } from '../process/config'

export const ProjectionsConfig = t.type({
  EVENTSTORE_URL: Text,
  DATABASE_URL: Text,
  /** Without it nothing is published and viewers are served from the log. */
  REDIS_URL: Optional,
  /** Entries kept of each run's live stream. */
  REDIS_STREAM_MAXLEN: or(whole(1, 1_000_000), '1000'),
  /** Seconds a run's live stream is kept after its last entry. */
  REDIS_STREAM_TTL: or(whole(1, 31_536_000), '86400'),
  LOG_LEVEL: or(Text, 'info'),
})
export type ProjectionsConfig = t.TypeOf<typeof ProjectionsConfig>
