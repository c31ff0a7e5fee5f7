import type { Redis } from 'ioredis'
import { ExecutionId } from '../../domain/ids'
import { wakeChannel } from './keys'

export type WakeUps = {
  readonly listen: (execution: ExecutionId) => void
  readonly unlisten: (execution: ExecutionId) => void
  readonly isUp: () => boolean
  readonly close: () => void
}

export type Listening = {
  readonly watched: () => ReadonlyArray<ExecutionId>
  readonly onWake: (execution: ExecutionId) => void
  /** Wake-ups may have been missed: the connection is new, or gone. */
  readonly onLoss: () => void
}

const prefix = wakeChannel('' as ExecutionId)
const pingMs = 10_000
const channelsAtOnce = 500

const inGroups = <A>(items: ReadonlyArray<A>, size: number): ReadonlyArray<ReadonlyArray<A>> =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size))

/** Wake-ups over one connection, a channel for each watched run. A connection that is only half there is noticed and replaced. */
export const wakeUps = (redis: Redis, { watched, onWake, onLoss }: Listening): WakeUps => {
  const isUp = () => redis.status === 'ready'
  const again = () => redis.disconnect(true)

  const subscribe = (executions: ReadonlyArray<ExecutionId>) => {
    redis.subscribe(...executions.map(wakeChannel)).then(() => executions.forEach(onWake), again)
  }
  const onReady = () => {
    for (const group of inGroups(watched(), channelsAtOnce)) subscribe(group)
    onLoss()
  }
  const onMessage = (channel: string) => {
    const execution = channel.slice(prefix.length)
    if (channel.startsWith(prefix) && ExecutionId.is(execution)) onWake(execution)
  }
  redis.on('ready', onReady).on('close', onLoss).on('message', onMessage)
  if (isUp()) onReady()
  const timer = setInterval(() => {
    if (isUp()) redis.ping().catch(again)
  }, pingMs)

  return {
    isUp,
    listen: (execution) => {
      if (isUp()) subscribe([execution])
    },
    unlisten: (execution) => {
      if (isUp()) redis.unsubscribe(wakeChannel(execution)).catch(again)
    },
    close: () => {
      clearInterval(timer)
      redis.off('ready', onReady).off('close', onLoss).off('message', onMessage)
    },
  }
}
