import type { Template } from '../domain/template/template'
import type { TemplateVersion } from '../domain/template/version'

/** The version of a template that a run would use: the one that it keeps to, by the template's id; else the newest. */
export const usedVersion = (
  template: Template | undefined,
  pinned: Readonly<Record<string, number>> = {},
): TemplateVersion | undefined => {
  const kept = template === undefined ? undefined : pinned[template.templateId]
  return kept === undefined ? template?.versions.at(-1) : template?.versions.find(({ version }) => version === kept)
}
