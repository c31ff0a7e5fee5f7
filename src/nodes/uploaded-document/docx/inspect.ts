import { createHash } from 'node:crypto'
import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import { compile, type Compiled } from './compile'
import { type DocxFinding, finding, type TemplateFault, tooLarge, unreadable } from './fault'
import { limits, megabytes } from './limits'
import { openUpload } from './open-template'
import { readTree } from './tag-rules'
import { type Loop, loopsOf, mergeTree, type Tag, tagsOf, type TemplateNode } from './template-tree'

/** What an upload found out about a template. With errors it cannot be filled; the rest is then what could still be read. */
export interface Inspection {
  readonly tree: ReadonlyArray<TemplateNode>
  readonly tags: ReadonlyArray<Tag>
  readonly loops: ReadonlyArray<Loop>
  readonly errors: ReadonlyArray<DocxFinding>
  readonly warnings: ReadonlyArray<DocxFinding>
  /** Of the file to store, bytes. */
  readonly size: number
  readonly sha256: string
  /** Another file to store than the one that came, and what it does not have of that one; absent when the same is stored. */
  readonly cleaned?: {
    readonly bytes: Uint8Array
    readonly original_sha256: string
    readonly removed: ReadonlyArray<string>
  }
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

const isId = (id: string) => (one: DocxFinding) => one.params['id'] === id

/** Every fault of the markup once, our own findings first: they name the tag as it was written. */
export const findingsOf = ({ uses, document }: Compiled): ReadonlyArray<DocxFinding> => {
  const all = [...readTree(uses).errors, ...(E.isLeft(document) ? document.left : [])]
  const distinct = [...new Map(all.map((one) => [JSON.stringify(one), one])).values()]
  // an end without a beginning also reads as a tag without a name
  const honest = all.some(isId('unopened_tag')) ? distinct.filter((one) => !isId('empty_tag')(one)) : distinct
  return honest.slice(0, limits.findings)
}

const report = (bytes: Uint8Array, compiled: Compiled): E.Either<TemplateFault, Inspection> => {
  const errors = findingsOf(compiled)
  if (errors.some(({ code }) => code === 'template.unreadable'))
    return E.left(unreadable('the document is not well-formed'))
  const tree = mergeTree(readTree(compiled.uses).tree)
  const tags = tagsOf(tree)
  if (tags.length > limits.distinctTags)
    return E.left(tooLarge(`${limits.distinctTags} tags`, `${tags.length} different tags`))
  return E.right({
    tree,
    tags,
    loops: loopsOf(tree),
    errors,
    warnings:
      bytes.length > limits.largeFileBytes
        ? [finding('template.large_file', { limit: megabytes(limits.largeFileBytes) })]
        : [],
    size: bytes.length,
    sha256: sha256(bytes),
  })
}

/** What an upload holds, once it is cleaned of what files of an office carry besides. */
export const inspect = (upload: Uint8Array): E.Either<TemplateFault, Inspection> =>
  pipe(
    openUpload(upload),
    E.chain(({ parts, bytes, removed }) =>
      pipe(
        report(bytes, compile(parts)),
        E.map((inspection) =>
          removed.length === 0
            ? inspection
            : { ...inspection, cleaned: { bytes, original_sha256: sha256(upload), removed } },
        ),
      ),
    ),
  )
