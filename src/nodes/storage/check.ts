import * as E from 'fp-ts/Either'
import { foreseen } from '../checking'
import { checkConnection } from '../connections/check'
import { storage } from '../connections/storage'
import { checkAttachments } from '../email/check'
import type { Facts, Finding } from '../node-type'
import type { StorageNodeConfig } from './config'
import { folderOf } from './folder'

const folderFindings = ({ folder }: StorageNodeConfig, facts: Facts): ReadonlyArray<Finding> => {
  const text = foreseen(folder ?? '', facts, 'folder')
  if (E.isLeft(text)) return text.left
  const parts = folderOf(text.right ?? '')
  return E.isLeft(parts)
    ? [{ code: 'data.invalid_format', params: { field: 'folder', expected: 'a/b/c' }, tech: `folder ${parts.left}` }]
    : []
}

export const check = (config: StorageNodeConfig, facts: Facts): ReadonlyArray<Finding> => [
  ...checkConnection(config.connection_id, storage, facts),
  ...folderFindings(config, facts),
  ...checkAttachments(['previous'], facts, 'document'),
]
