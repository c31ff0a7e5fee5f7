import type * as T from 'fp-ts/Task'
import type * as t from 'io-ts'
import type { ConnectionId, OrganizationId } from '../../domain/ids'
import type { SecretStore } from '../../stores/secrets/secret-store'
import type { Finding } from '../node-type'
import type { OutgoingPolicy } from '../outgoing/policy'

export type Connected<Config, Secret> = { readonly config: Config; readonly secret: Secret | undefined }

export type Probed<Config, Secret> = Connected<Config, Secret> & {
  readonly organizationId: OrganizationId
  readonly connectionId: ConnectionId
}

export type ProbeDeps = {
  readonly outgoing: OutgoingPolicy
  /** To renew a secret that does not last. */
  readonly secrets: Pick<SecretStore, 'renew'>
  /** Aborts when the probe's time is over: what it then still says is not heard. */
  readonly signal: AbortSignal
}

/** One kind of connection; a new one is a folder and a line in the registry. */
export type ConnectionType<Config, Secret> = {
  readonly type: string
  /** As people call it. */
  readonly provider: string
  readonly config: t.Type<Config, unknown>
  readonly secret: t.Type<Secret, unknown>
  /** What is found when the provider does not answer in time. */
  readonly unreachable: (tech: string) => Finding
  /** Connects and logs in as a step would, and leaves nothing. What it finds is why steps that use the connection would fail. */
  readonly probe: (connection: Probed<Config, Secret>, deps: ProbeDeps) => T.Task<ReadonlyArray<Finding>>
}
