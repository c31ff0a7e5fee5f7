import * as O from 'fp-ts/Option'
import { type XmlElement, xmlElements } from './xml-elements'

const forbidden: ReadonlySet<string> = new Set([
  'attachedtemplate',
  'afchunk',
  'control',
  'activexcontrolbinary',
  'oleobject',
  'package',
  'vbaproject',
  'wordvbadata',
  'frame',
  'subdocument',
  'externallink',
  'mailmergesource',
  'mailmergeheadersource',
  'extensibility',
  'webextension',
  'webextensiontaskpanes',
])

const typeOf = (relationship: XmlElement): string => (relationship.attributes.get('Type') ?? '').split('/').at(-1) ?? ''

const isHarmlessLink = (relationship: XmlElement): boolean =>
  typeOf(relationship).toLowerCase() === 'hyperlink' &&
  /^(https?:\/\/|mailto:|tel:|#)/i.test((relationship.attributes.get('Target') ?? '').trim())

const isExternal = (relationship: XmlElement): boolean =>
  relationship.attributes.has('TargetMode') &&
  relationship.attributes.get('TargetMode')?.trim().toLowerCase() !== 'internal'

const pointsOutside = (relationship: XmlElement): boolean =>
  isExternal(relationship) ||
  /^([a-z][a-z0-9+.-]*:|\/\/|\\\\)/i.test((relationship.attributes.get('Target') ?? '').trim())

const featureOf = (relationship: XmlElement): ReadonlyArray<string> => {
  const type = typeOf(relationship)
  if (forbidden.has(type.toLowerCase())) return [type]
  return pointsOutside(relationship) && !isHarmlessLink(relationship) ? [`external ${type}`] : []
}

/** What a .rels file links to that a template may not; links to web, mail and telephone are fine. */
export const unsafeRelationships = (xml: string): ReadonlyArray<string> => {
  const elements = xmlElements(xml)
  return O.isNone(elements)
    ? ['malformed relationships']
    : elements.value.filter(({ name }) => name === 'Relationship').flatMap(featureOf)
}
