import * as E from 'fp-ts/Either'
import { type TemplateFault, unreadable } from './fault'

const utf8 = new TextDecoder('utf-8', { fatal: true })

export const isMarkupName = (name: string): boolean => /\.(xml|rels|vml)$/i.test(name)

/** By its name or by how it begins, in any encoding. */
export const isMarkup = (name: string, bytes: Buffer): boolean =>
  isMarkupName(name) ||
  /^(\ufeff)?\s*</.test(bytes.toString('utf8', 0, 64)) ||
  /^(fffe|feff|3c00|003c)/.test(bytes.toString('hex', 0, 2))

/** The text of a part; in another encoding the word processor would see other markup than the checks. */
export const decodeMarkup = (bytes: Buffer): E.Either<TemplateFault, string> =>
  E.tryCatch(
    () => {
      const text = utf8.decode(bytes)
      const encoding = /^\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']*)["']/i.exec(text)?.[1]
      if (text.includes('\u0000') || (encoding !== undefined && !/^(utf-?8|us-ascii)$/i.test(encoding)))
        throw new Error('not UTF-8')
      return text
    },
    () => unreadable('a part is not in UTF-8'),
  )
