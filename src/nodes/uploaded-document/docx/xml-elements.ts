import * as O from 'fp-ts/Option'

/** A start tag without its prefix, attributes decoded and without theirs. */
export interface XmlElement {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
}

const ignored = /<!--[\s\S]*?(-->|$)|<\?[\s\S]*?(\?>|$)/g
const attribute = /([^\s=<>"'/]+)\s*=\s*("[^"<]*"|'[^'<]*')/g
const tag = /<(\/?)([^\s<>"'/!?=]+)((?:\s+[^\s=<>"'/]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*\/?>/g
const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

export const localName = (name: string): string => name.slice(name.indexOf(':') + 1)

export const decodeXml = (text: string): string =>
  text.replace(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w{2,4}));/gi,
    (whole: string, hex?: string, decimal?: string, name?: string) => {
      if (name !== undefined) return named[name] ?? whole
      const code = hex === undefined ? Number(decimal) : parseInt(hex, 16)
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole
    },
  )

const attributesOf = (text: string): ReadonlyMap<string, string> =>
  new Map(
    [...text.matchAll(attribute)].map(([, name = '', value = '']) => [localName(name), decodeXml(value.slice(1, -1))]),
  )

/** Every start tag of a small XML file; none when any of it is not plain markup, so that nothing can hide from a check. */
export const xmlElements = (xml: string): O.Option<ReadonlyArray<XmlElement>> => {
  // one without an end stays to be seen as no markup
  const plain = xml.replace(ignored, (_, comment?: string, instruction?: string) =>
    (comment ?? instruction) === '' ? '<' : '',
  )
  const tags = [...plain.matchAll(tag)]
  return plain.replace(tag, '').includes('<')
    ? O.none
    : O.some(
        tags
          .filter(([, closing]) => closing === '')
          .map(([, , name = '', attributes = '']) => ({ name: localName(name), attributes: attributesOf(attributes) })),
      )
}
