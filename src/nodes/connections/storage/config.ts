import type * as t from 'io-ts'
import { checkedText, exactObject, text } from '../../../domain/exact'
import { destinationOf } from '../../storage/destination-url'

export const StorageConfig = exactObject('StorageConfig', { url: checkedText('url', 2_000, destinationOf) }, {})
export type StorageConfig = t.TypeOf<typeof StorageConfig>
export const StorageSecret = exactObject(
  'StorageSecret',
  { access_key_id: text(500), secret_access_key: text(2_000) },
  {},
)
export type StorageSecret = t.TypeOf<typeof StorageSecret>
