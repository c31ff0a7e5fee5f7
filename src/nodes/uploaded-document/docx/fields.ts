import { decodeXml } from './xml-elements'

const instruction =
  /<(?:\w+:)?instrText(?:\s[^>]*)?>([^<]*)<|fldCharType\s*=\s*["'](begin|separate|end)["']|<(?:\w+:)?fldSimple\s[^>]*?instr\s*=\s*("[^"]*"|'[^']*')/g

// the two macro names are no macros: Word's own templates write "click here" with them
const active =
  /(?:^|[\s{|])(DDEAUTO|DDE|INCLUDETEXT|INCLUDEPICTURE|INCLUDE|LINK|IMPORT|DATABASE|MACROBUTTON(?!\s+(?:NoMacro|DoFieldClick)(?:\s|$))|RD)(?=[\s"\\]|$)/i

/** Field codes that run or fetch something when Word updates the document. */
export const activeFields = (xml: string): ReadonlyArray<string> => {
  const fields: Array<string> = []
  let open = ''
  for (const [, text, boundary, simple] of xml.matchAll(instruction)) {
    if (simple !== undefined) fields.push(simple.slice(1, -1))
    if (text !== undefined) open += text
    if (boundary !== undefined && open !== '') {
      fields.push(open)
      open = ''
    }
  }
  return [...fields, open].flatMap((field) => {
    const name = active.exec(decodeXml(field))?.[1]
    return name === undefined ? [] : [`field ${name.toUpperCase()}`]
  })
}
