import { localName } from './xml-elements'
import { xmlTags } from './xml-tags'

const sources: ReadonlySet<string> = new Set(['dataSource', 'headerSource', 'connectString', 'query', 'udl', 'src'])

/** Whether Word would ask to fetch the letters' data from somewhere; that a document is a form letter says nothing. */
export const mailMergeSources = (xml: string): ReadonlyArray<string> => {
  if (!xml.includes('mailMerge')) return []
  let isInside = false
  for (const { kind, name } of xmlTags(xml)) {
    const local = localName(name)
    if (local === 'mailMerge') isInside = kind === 'open'
    else if (isInside && sources.has(local)) return ['mailMergeSource']
  }
  return []
}
