import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import { type TemplateFault, tooLarge, unreadable } from './fault'
import { limits, megabytes } from './limits'

/** One file of a zip archive as its central directory declares it; offsets and sizes in bytes. */
export interface ArchiveEntry {
  readonly name: string
  readonly deflated: boolean
  readonly crc32: number
  readonly compressedSize: number
  readonly size: number
  readonly headerAt: number
}

interface DirectoryEnd {
  readonly at: number
  readonly entries: number
  readonly directoryAt: number
}

const endSignature = 0x06054b50
const centralSignature = 0x02014b50
const endLength = 22
const centralLength = 46
const longestComment = 0xffff

const findEnd = (zip: Buffer): number => {
  const lowest = Math.max(0, zip.length - endLength - longestComment)
  for (let at = zip.length - endLength; at >= lowest; at -= 1)
    if (zip.readUInt32LE(at) === endSignature && at + endLength + zip.readUInt16LE(at + 20) === zip.length) return at
  return -1
}

const readEnd = (zip: Buffer): E.Either<TemplateFault, DirectoryEnd> => {
  const at = findEnd(zip)
  if (at < 0) return E.left(unreadable('no end of central directory'))
  const [disk, directoryDisk, entriesHere, entries] = [4, 6, 8, 10].map((n) => zip.readUInt16LE(at + n))
  const size = zip.readUInt32LE(at + 12)
  const directoryAt = zip.readUInt32LE(at + 16)
  if (disk !== 0 || directoryDisk !== 0 || entries === undefined || entriesHere !== entries)
    return E.left(unreadable('archive in several volumes, or zip64'))
  if (entries > limits.entries) return E.left(tooLarge(`${limits.entries} files`, `${entries} entries`))
  return directoryAt + size === at
    ? E.right({ at, entries, directoryAt })
    : E.left(unreadable('central directory is not where the archive says'))
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

const isSafeName = (name: string): boolean =>
  name.length <= 255 &&
  !/[\u0000-\u001f\u007f\\:]/.test(name) &&
  name.split('/').every((segment) => segment !== '' && segment !== '.' && segment !== '..' && !(segment in {}))

const readEntry = (zip: Buffer, at: number): E.Either<TemplateFault, { entry: ArchiveEntry; next: number }> => {
  if (zip.readUInt32LE(at) !== centralSignature) return E.left(unreadable('broken central directory'))
  const flags = zip.readUInt16LE(at + 8)
  const method = zip.readUInt16LE(at + 10)
  const [nameLength = 0, extraLength = 0, commentLength = 0] = [28, 30, 32].map((n) => zip.readUInt16LE(at + n))
  const name = utf8.decode(zip.subarray(at + centralLength, at + centralLength + nameLength))
  const entry = {
    name,
    deflated: method === 8,
    crc32: zip.readUInt32LE(at + 16),
    compressedSize: zip.readUInt32LE(at + 20),
    size: zip.readUInt32LE(at + 24),
    headerAt: zip.readUInt32LE(at + 42),
  }
  if ((flags & 1) !== 0) return E.left(unreadable('encrypted entry'))
  if (method !== 0 && method !== 8) return E.left(unreadable(`compression method ${method}`))
  if (!isSafeName(name.endsWith('/') ? name.slice(0, -1) : name)) return E.left(unreadable('unsafe entry name'))
  return E.right({ entry, next: at + centralLength + nameLength + extraLength + commentLength })
}

const readEntries = (zip: Buffer, end: DirectoryEnd): E.Either<TemplateFault, ReadonlyArray<ArchiveEntry>> => {
  const entries: Array<ArchiveEntry> = []
  let at = end.directoryAt
  for (let n = 0; n < end.entries; n += 1) {
    const read = readEntry(zip, at)
    if (E.isLeft(read)) return read
    entries.push(read.right.entry)
    at = read.right.next
  }
  return at === end.at ? E.right(entries) : E.left(unreadable('central directory has another length than declared'))
}

const checkTogether = (entries: ReadonlyArray<ArchiveEntry>): E.Either<TemplateFault, ReadonlyArray<ArchiveEntry>> => {
  const inflated = entries.reduce((sum, { size }) => sum + size, 0)
  // OPC compares part names without regard to case
  const names = new Set(entries.map(({ name }) => name.toLowerCase()))
  if (inflated > limits.inflatedBytes)
    return E.left(tooLarge(megabytes(limits.inflatedBytes), `${inflated} bytes when unpacked`))
  return names.size === entries.length ? E.right(entries) : E.left(unreadable('two entries of the same name'))
}

/** The central directory of a zip archive, refused when over the limits or not plainly laid out. Inflates nothing. */
export const readDirectory = (zip: Buffer): E.Either<TemplateFault, ReadonlyArray<ArchiveEntry>> =>
  pipe(
    E.tryCatch(
      () =>
        pipe(
          readEnd(zip),
          E.chain((end) => readEntries(zip, end)),
          E.chain(checkTogether),
        ),
      () => unreadable('broken central directory'),
    ),
    E.flatten,
  )
