import type { ExecutionId } from '../../domain/ids'

/** The Redis Stream of a run. Entry ids are those of the messages; fields: type, prev (id of the message before), json. */
export const streamKey = (execution: ExecutionId): string => `docg:exec:${execution}`

/** Where a run's viewers are woken; a message says the id of the last entry. */
export const wakeChannel = (execution: ExecutionId): string => `docg:wake:${execution}`
