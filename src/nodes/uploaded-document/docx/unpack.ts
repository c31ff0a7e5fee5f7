import { crc32, inflateRawSync } from 'node:zlib'
import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as RA from 'fp-ts/ReadonlyArray'
import { type ArchiveEntry, readDirectory } from './archive'
import { type TemplateFault, unreadable } from './fault'

export type Parts = ReadonlyMap<string, Buffer>

const localSignature = 0x04034b50
const localLength = 30

const packedBytes = (zip: Buffer, entry: ArchiveEntry, end: number): E.Either<TemplateFault, Buffer> => {
  const at = entry.headerAt
  const nameEnd = at + localLength + zip.readUInt16LE(at + 26)
  const dataAt = nameEnd + zip.readUInt16LE(at + 28)
  const agrees =
    zip.readUInt32LE(at) === localSignature &&
    zip.readUInt16LE(at + 8) === (entry.deflated ? 8 : 0) &&
    zip.toString('utf8', at + localLength, nameEnd) === entry.name
  if (!agrees) return E.left(unreadable('local header and central directory disagree'))
  // overlapping entries are how one small file unpacks to many large ones
  return dataAt + entry.compressedSize <= end
    ? E.right(zip.subarray(dataAt, dataAt + entry.compressedSize))
    : E.left(unreadable('entries overlap'))
}

const inflate = (entry: ArchiveEntry, packed: Buffer): E.Either<TemplateFault, Buffer> =>
  pipe(
    E.tryCatch(
      () => (entry.deflated ? inflateRawSync(packed, { maxOutputLength: Math.max(1, entry.size) }) : packed),
      () => unreadable('an entry does not unpack to its declared size'),
    ),
    E.filterOrElse(
      (bytes) => bytes.length === entry.size && crc32(bytes) === entry.crc32,
      () => unreadable('an entry has another size or checksum than declared'),
    ),
  )

const endOf = (zip: Buffer, entries: ReadonlyArray<ArchiveEntry>) => {
  const starts = entries.map(({ headerAt }) => headerAt).sort((a, b) => a - b)
  const next = new Map(starts.map((start, n) => [start, starts[n + 1] ?? zip.length]))
  return (entry: ArchiveEntry) => (next.size === entries.length ? (next.get(entry.headerAt) ?? 0) : 0)
}

const unpackAll = (zip: Buffer, entries: ReadonlyArray<ArchiveEntry>): E.Either<TemplateFault, Parts> => {
  const end = endOf(zip, entries)
  return pipe(
    entries.filter(({ name }) => !name.endsWith('/')),
    RA.traverse(E.Applicative)((entry) =>
      pipe(
        packedBytes(zip, entry, end(entry)),
        E.chain((packed) => inflate(entry, packed)),
        E.map((bytes): readonly [string, Buffer] => [entry.name, bytes]),
      ),
    ),
    E.map((parts) => new Map(parts)),
  )
}

/** The files of a zip archive by name, each inflated to no more than its declared size. */
export const unpack = (zip: Buffer): E.Either<TemplateFault, Parts> =>
  pipe(
    readDirectory(zip),
    E.chain((entries) =>
      E.tryCatch(
        () => unpackAll(zip, entries),
        () => unreadable('broken local header'),
      ),
    ),
    E.flatten,
  )
