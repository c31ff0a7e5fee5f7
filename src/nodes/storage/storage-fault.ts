import { redacted } from '../../domain/redaction'
import type { StorageSecret } from '../connections/storage/config'
import { isAddressNotAllowed } from '../outgoing/address'
import { stepFault } from '../steps/faults'
import type { StepFault } from '../steps/step-run'

const fieldOf = (error: unknown, name: string): unknown =>
  typeof error === 'object' && error !== null ? (error as Readonly<Record<string, unknown>>)[name] : undefined

const statusOf = (error: unknown): unknown => fieldOf(fieldOf(error, '$metadata'), 'httpStatusCode')

const refusedWrites: ReadonlyArray<unknown> = ['EACCES', 'EPERM', 'EROFS']
const wrongPlaces: ReadonlyArray<unknown> = ['ENOTDIR', 'ENAMETOOLONG', 'ELOOP']
/** No room for the file, or no more than the account may use. */
const fullPlaces: ReadonlyArray<unknown> = ['ENOSPC', 'EDQUOT']

/** 404, and 3xx: the bucket is in another region. */
const isElsewhere = (status: unknown): boolean =>
  typeof status === 'number' && (status === 404 || (status >= 300 && status < 400))

/** Answers to what the same request will not change: other 4xx than too slow, too early and too many (RFC 9110 15.5). */
const isRefusal = (status: unknown): boolean =>
  typeof status === 'number' && status >= 400 && status < 500 && ![408, 409, 425, 429].includes(status)

/** What keeps a file from being written; whatever may pass is tried again. */
export const faultOfStorage = (url: string, secret: StorageSecret | undefined, error: unknown): StepFault => {
  const words = error instanceof Error ? `${error.name}: ${error.message}` : 'unknown'
  const tech = redacted(words, secret === undefined ? [] : [secret.secret_access_key, secret.access_key_id])
  const code = fieldOf(error, 'code')
  const status = statusOf(error)
  if (isAddressNotAllowed(error)) return stepFault('permissions.address_not_allowed', { host: url }, tech)
  if (isElsewhere(status) || wrongPlaces.includes(code)) return stepFault('delivery.destination_not_found', {}, tech)
  if (isRefusal(status) || refusedWrites.includes(code)) return stepFault('delivery.storage_write_denied', {}, tech)
  if (status === 507 || fullPlaces.includes(code)) return stepFault('delivery.storage_full', {}, tech, true)
  // folders are made: where even that finds nothing, what they stand on is away
  if (code === 'ENOENT') return stepFault('delivery.destination_not_found', {}, tech, true)
  const provider = url.split(':')[0] ?? 'storage'
  return status === 429 || status === 503
    ? stepFault('rate_limited', { provider }, tech, true)
    : stepFault('service_unavailable', { provider }, tech, true)
}
