import * as E from 'fp-ts/Either'
import type { ConnectionType, Finding, Probed, ProbeDeps } from '../../contract'
import { faultOfStorage } from '../../storage/storage-fault'
import { targetOf } from '../../storage/target-of'
import { connectionMissing, findingOfFault } from '../findings'
import { StorageConfig, StorageSecret } from './config'

const provider = 'storage'

const probe =
  (connection: Probed<StorageConfig, StorageSecret>, { outgoing, signal }: ProbeDeps) =>
  async (): Promise<ReadonlyArray<Finding>> => {
    const { config, secret, organizationId } = connection
    const target = targetOf(connection, organizationId, outgoing)
    if (E.isLeft(target)) return [connectionMissing(provider, `the connection ${target.left}`)]
    try {
      await target.right.probe(signal)
      return []
    } catch (error) {
      return [findingOfFault(faultOfStorage(config.url, secret, error))]
    }
  }

/** A folder, or a bucket of an S3-compatible provider with its access key. */
export const storage: ConnectionType<StorageConfig, StorageSecret> = {
  type: 'storage',
  provider,
  config: StorageConfig,
  secret: StorageSecret,
  recipient: ({ url }) => [url],
  unreachable: (tech) => ({ code: 'service_unavailable', params: { provider }, tech }),
  probe,
}
