import * as E from 'fp-ts/Either'
import { asDocument, contentTypesPart } from './content-types'
import { type TemplateFault, unreadable } from './fault'
import { decodeMarkup } from './markup'
import { takeOut } from './take-out'
import { type Parts } from './unpack'

export interface Cleaned {
  readonly parts: Parts
  /** Values of `feature` of `template.content_removed`; none when the parts are those that were given. */
  readonly removed: ReadonlyArray<string>
}

interface Rewriting {
  readonly feature: string
  readonly isPart: (name: string) => boolean
  readonly rewrite: (xml: string) => string
}

const rewritten: ReadonlyArray<Rewriting> = [
  { feature: 'template_type', isPart: (name) => name === contentTypesPart, rewrite: asDocument },
  // drawing programs name SVG's own document type; one that declares entities stays, to be refused
  {
    feature: 'doctype',
    isPart: (name) => /\.svg$/i.test(name),
    rewrite: (xml) => xml.replace(/<!DOCTYPE\s+svg\s[^<>[\]]*>/i, ''),
  },
]

const rewrite = ({ parts, removed }: Cleaned, { feature, isPart, rewrite }: Rewriting): Cleaned => {
  const changed = [...parts]
    .filter(([name]) => isPart(name))
    .flatMap(([name, bytes]): ReadonlyArray<readonly [string, Buffer]> => {
      const xml = decodeMarkup(bytes)
      if (E.isLeft(xml)) return []
      const now = rewrite(xml.right)
      return now === xml.right ? [] : [[name, Buffer.from(now)]]
    })
  return changed.length === 0
    ? { parts, removed }
    : { parts: new Map([...parts, ...changed]), removed: [...removed, feature] }
}

/** A template's parts without what files of an office carry and no document needs (`office-extras.ts`). */
export const clean = (parts: Parts): E.Either<TemplateFault, Cleaned> =>
  E.tryCatch(
    () => rewritten.reduce(rewrite, takeOut(parts)),
    () => unreadable('a part is not well-formed'),
  )
