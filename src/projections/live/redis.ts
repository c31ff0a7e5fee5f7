import { Redis } from 'ioredis'

/**
 * A connection that answers or fails soon: nothing waits for a server that is away, and a command whose outcome is unknown is not sent again by
 * itself. Reconnects without end. What is not answered within `answerMs` has failed.
 */
export const openRedis = (url: string, onError: (reason: string) => void, answerMs = 2_000): Redis =>
  new Redis(url, {
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    commandTimeout: answerMs,
    connectTimeout: 3_000,
    enableAutoPipelining: true,
    enableOfflineQueue: false,
    keepAlive: 10_000,
    maxRetriesPerRequest: 0,
    retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 6), 2_000) * (0.75 + Math.random() / 2),
    socketTimeout: 10_000,
  }).on('error', ({ message }) => onError(message))
