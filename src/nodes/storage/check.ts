import * as E from 'fp-ts/Either'
import type { Draft } from '../../domain/exact'
import { foreseen, pointingAt } from '../texts/foreseen'
import { checkConnection } from '../connections/check'
import { storage } from '../connections/storage'
import { checkAttachments } from '../email/check'
import type { Facts, Finding } from '../contract'
import type { StorageNodeConfig } from './config'
import { folderOf } from './folder'

const folderFindings = ({ folder }: Draft<StorageNodeConfig>, facts: Facts): ReadonlyArray<Finding> => {
  const text = foreseen(folder ?? '', facts, 'folder')
  if (E.isLeft(text)) return text.left
  const parts = folderOf(text.right ?? '')
  return E.isLeft(parts)
    ? [{ code: 'data.invalid_format', params: { field: 'folder', expected: 'folder' }, tech: `folder ${parts.left}` }]
    : []
}

export const check = (config: Draft<StorageNodeConfig>, facts: Facts): ReadonlyArray<Finding> => [
  ...checkConnection(config.connection_id, storage, facts),
  ...folderFindings(config, facts).map(pointingAt('/folder')),
  ...checkAttachments(['previous'], facts, 'document'),
]
