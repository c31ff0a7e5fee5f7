import { join } from 'node:path'
import * as E from 'fp-ts/Either'
import type { OrganizationId } from '../../domain/ids'
import type { Connected } from '../contract'
import type { StorageConfig, StorageSecret } from '../connections/storage/config'
import type { OutgoingPolicy } from '../outgoing/policy'
import { destinationOf } from './destination-url'
import { fileTarget, type Root } from './file-target'
import { s3Target } from './s3-target'
import type { Target } from './target'

/** Under a configured root every organization has a folder of its own; without one, only a development set-up writes folders. */
const rootFor = ({ fileRoot, allowPrivateAddresses }: OutgoingPolicy, organization: OrganizationId): Root => {
  if (fileRoot !== undefined) return { under: join(fileRoot, organization) }
  return allowPrivateAddresses ? 'anywhere' : 'nowhere'
}

export const targetOf = (
  { config, secret }: Connected<StorageConfig, StorageSecret>,
  organization: OrganizationId,
  policy: OutgoingPolicy,
): E.Either<string, Target> => {
  const destination = destinationOf(config.url)
  if (E.isLeft(destination)) return destination
  if (destination.right.kind === 'file') return E.right(fileTarget(destination.right, rootFor(policy, organization)))
  return secret === undefined ? E.left('has no access key') : E.right(s3Target(destination.right, secret, policy))
}
