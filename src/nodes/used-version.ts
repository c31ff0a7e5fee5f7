import type { TemplateId } from '../domain/ids'
import type { TemplateVersion } from '../domain/template/version'
import type { Facts } from './node-type'

/** The version of a template that a run would use: the one that it keeps to, else the newest. */
export const usedVersion = (
  { template, pinned = {} }: Pick<Facts, 'template' | 'pinned'>,
  id: TemplateId,
): TemplateVersion | undefined => {
  const versions = template(id)?.versions ?? []
  const kept = pinned[id]
  return kept === undefined ? versions.at(-1) : versions.find(({ version }) => version === kept)
}
