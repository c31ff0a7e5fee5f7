import type { EventStore } from '../domain/event-store'
import type { Checks, Probes } from '../nodes/preflight'
import type { Keyed } from './canonical'
import type { On } from './on'

/** What every resource that commands needs. */
export type Commanding = {
  readonly on: On
  readonly store: Pick<EventStore, 'append' | 'readStream'>
  readonly keyed: Keyed
  /** Whether the worker can send mail of the product's own: reviews need it. */
  readonly canMail: boolean
  readonly checks: Checks
  readonly probes: Probes
}
