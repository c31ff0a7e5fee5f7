import * as O from 'fp-ts/Option'

const lineBreaks = /\r\n?|\v/g
const notXml = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g
const loneSurrogates = /\p{Surrogate}/gu

/** Text that XML 1.0 can hold: other control characters are dropped, half characters shown as U+FFFD. */
export const cleanText = (text: string): string =>
  text.replace(lineBreaks, '\n').replace(loneSurrogates, '\ufffd').replace(notXml, '')

export const isPrintable = (value: unknown): boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null

/** How a value is printed: text as it is, numbers and booleans as JSON writes them, null as nothing; lists and objects not at all. */
export const printed = (value: unknown): O.Option<string> => {
  if (value === null) return O.some('')
  if (typeof value === 'string') return O.some(cleanText(value))
  return typeof value === 'number' || typeof value === 'boolean' ? O.some(String(value)) : O.none
}
