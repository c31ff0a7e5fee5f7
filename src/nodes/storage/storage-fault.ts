import { redacted } from '../../domain/redaction'
import type { StorageSecret } from '../connection-config'
import { isAddressNotAllowed } from '../outgoing/address'
import { stepFault } from '../step-faults'
import type { StepFault } from '../step-run'

const fieldOf = (error: unknown, name: string): unknown =>
  typeof error === 'object' && error !== null ? (error as Readonly<Record<string, unknown>>)[name] : undefined

const statusOf = (error: unknown): unknown => fieldOf(fieldOf(error, '$metadata'), 'httpStatusCode')

const refusedWrites: ReadonlyArray<unknown> = ['EACCES', 'EPERM', 'EROFS']
const wrongPlaces: ReadonlyArray<unknown> = ['ENOTDIR', 'ENAMETOOLONG', 'ELOOP']

/** What keeps a file from being written; whatever may pass is tried again. */
export const faultOfStorage = (url: string, secret: StorageSecret | undefined, error: unknown): StepFault => {
  const words = error instanceof Error ? `${error.name}: ${error.message}` : 'unknown'
  const tech = redacted(words, secret === undefined ? [] : [secret.secret_access_key, secret.access_key_id])
  const code = fieldOf(error, 'code')
  const status = statusOf(error)
  if (isAddressNotAllowed(error)) return stepFault('permissions.address_not_allowed', { host: url }, tech)
  if (status === 404 || wrongPlaces.includes(code)) return stepFault('delivery.destination_not_found', {}, tech)
  if (status === 401 || status === 403 || refusedWrites.includes(code))
    return stepFault('delivery.storage_write_denied', {}, tech)
  return stepFault('service_unavailable', { provider: url.split(':')[0] ?? 'storage' }, tech, true)
}
