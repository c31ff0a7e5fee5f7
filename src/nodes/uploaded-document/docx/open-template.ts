import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import { clean } from './clean'
import { contentTypesPart, declaredTypes } from './content-types'
import { type TemplateFault, tooLarge, unreadable } from './fault'
import { limits, megabytes } from './limits'
import { pack } from './pack'
import { checkMarkupSize, checkSafety } from './safety'
import { type Parts, unpack } from './unpack'

const foreign: ReadonlyArray<readonly [string, string]> = [
  ['25504446', 'a PDF'],
  ['d0cf11e0', 'an encrypted document or an old .doc'],
]

const checkFile = (bytes: Buffer): E.Either<TemplateFault, Buffer> => {
  if (bytes.length > limits.fileBytes)
    return E.left(tooLarge(megabytes(limits.fileBytes), `the file has ${bytes.length} bytes`))
  const start = bytes.toString('hex', 0, 4)
  const kind = foreign.find(([signature]) => signature === start)?.[1]
  if (kind !== undefined) return E.left(unreadable(`the file is ${kind}`))
  return start === '504b0304' ? E.right(bytes) : E.left(unreadable('the file is not a zip archive'))
}

const checkDocument = (parts: Parts): E.Either<TemplateFault, Parts> =>
  declaredTypes(parts.get(contentTypesPart)?.toString('utf8') ?? '').isDocument
    ? E.right(parts)
    : E.left(unreadable('the archive is not a Word document (.docx)'))

const unpacked = (bytes: Uint8Array): E.Either<TemplateFault, Parts> =>
  pipe(
    checkFile(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)),
    E.chain(unpack),
    E.chain(checkMarkupSize),
  )

const checked = (parts: Parts): E.Either<TemplateFault, Parts> => pipe(checkSafety(parts), E.chain(checkDocument))

/** The parts of a .docx that passed every check of size, layout and content. */
export const openTemplate = (bytes: Uint8Array): E.Either<TemplateFault, Parts> =>
  pipe(unpacked(bytes), E.chain(checked))

/** A file as it is to be stored: the one that came or, where something was `removed`, another. */
export interface Opened {
  readonly parts: Parts
  readonly bytes: Uint8Array
  readonly removed: ReadonlyArray<string>
}

/** Cleans an upload. What is to be stored then has passed the checks that it will have to pass whenever it is filled. */
export const openUpload = (upload: Uint8Array): E.Either<TemplateFault, Opened> =>
  pipe(
    unpacked(upload),
    E.chain(clean),
    E.chain(({ parts, removed }) => {
      const bytes = removed.length === 0 ? upload : pack(parts)
      return pipe(
        removed.length === 0 ? checked(parts) : openTemplate(bytes),
        E.map((stored) => ({ parts: stored, bytes, removed })),
      )
    }),
  )
