import PizZip from 'pizzip'

const token = /<\?[^?]*\?>|<(\/?)([\w:.-]+)((?:\s+[\w:.-]+\s*=\s*"[^"<]*")*)\s*(\/?)>|([^<]+)/gy
const badText =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}|&(?!(lt|gt|amp|quot|apos|#\d+|#x[0-9a-fA-F]+);)|\]\]>/u

/** The first reason why this is not well-formed XML 1.0, if there is one. */
export const malformation = (xml: string): string | undefined => {
  const open: Array<string> = []
  let end = 0
  for (const [whole, closing, name, , selfClosing, text] of xml.matchAll(token)) {
    end += whole.length
    if (text !== undefined && badText.test(text)) return `bad text: ${JSON.stringify(text.slice(0, 80))}`
    if (name === undefined || selfClosing === '/') continue
    if (closing === '') open.push(name)
    else if (open.pop() !== name) return `</${name}> closes something else`
  }
  return end === xml.length && open.length === 0 ? undefined : `not markup at ${end}: ${xml.slice(end, end + 80)}`
}

export const malformedParts = (docx: Uint8Array): ReadonlyArray<string> =>
  new PizZip(docx).file(/\.(xml|rels)$/).flatMap((file) => {
    const problem = malformation(file.asText())
    return problem === undefined ? [] : [`${file.name}: ${problem}`]
  })
