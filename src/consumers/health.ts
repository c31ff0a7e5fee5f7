import type { Position } from '../domain/event-store'

export const consumerStates = ['starting', 'standby', 'catching_up', 'live', 'dropped', 'halted'] as const
/**
 * `standby`: another process has the lease, this one takes over when it ends; `dropped`: the subscription is lost and being taken up again;
 * `halted`: it will not go on by itself.
 */
export type ConsumerState = (typeof consumerStates)[number]

export type ConsumerHealth = {
  readonly name: string
  readonly state: ConsumerState
  /** Everything up to here has been dealt with. */
  readonly position: Position | undefined
  /** When the last event dealt with was recorded. */
  readonly lastEventAt: Date | undefined
  /** Why it is halted, dropped or trying again; undefined when all is well. */
  readonly reason: string | undefined
}
