import { onPathOrInstalled } from '../apt'
import type { SetUp } from '../step'

/** redis-server from PATH, or installed with apt; undefined when it cannot be had. */
export const redisExecutable = (setUp: SetUp): Promise<string | undefined> =>
  onPathOrInstalled(setUp, 'redis-server', ['redis-server'])
