const [apostrophe, quote, backslash, closing] = [0x27, 0x22, 0x5c, 0x7d]

const endOfQuoted = (text: string, from: number): number => {
  const opened = text.charCodeAt(from)
  let at = from + 1
  for (let code = text.charCodeAt(at); at < text.length && code !== opened; code = text.charCodeAt(at))
    at += code === backslash ? 2 : 1
  return at + 1
}

const endOfOutput = (text: string, from: number): number | undefined => {
  for (let at = from + 2; at < text.length;) {
    const code = text.charCodeAt(at)
    if (code === closing && text.charCodeAt(at + 1) === closing) return at + 2
    at = code === quote || code === apostrophe ? endOfQuoted(text, at) : at + 1
  }
  return undefined
}

const endOfTag = (text: string, from: number): number | undefined => {
  if (text.startsWith('{{', from)) return endOfOutput(text, from)
  const end = text.indexOf('%}', from + 1)
  return end < 0 ? undefined : end + 2
}

const opening = /\{[{%]/g

const nextOpening = (text: string, from: number): number | undefined => {
  opening.lastIndex = from
  return opening.exec(text)?.index
}

export const hasTags = (template: string): boolean => nextOpening(template, 0) !== undefined

export type Tags = {
  /** One after the other, without the text between them. */
  readonly tags: string
  /** Where one begins that does not end. */
  readonly unclosed: number | undefined
}

/**
 * A template's tags (`{{ … }}`, `{% … %}`) as the engine divides the text, found in time that grows with its length. Once they are longer than `most`
 * characters, no more are read.
 */
export const tagsIn = (template: string, most: number): Tags => {
  let tags = ''
  for (let at = nextOpening(template, 0); at !== undefined && tags.length <= most;) {
    const end = endOfTag(template, at)
    if (end === undefined) return { tags, unclosed: at }
    tags += template.slice(at, end)
    at = nextOpening(template, end)
  }
  return { tags, unclosed: undefined }
}
