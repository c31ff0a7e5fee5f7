const mebibyte = 1024 * 1024

export const limits = {
  fileBytes: 25 * mebibyte,
  largeFileBytes: 10 * mebibyte,
  inflatedBytes: 100 * mebibyte,
  /** All XML parts together; filling takes some fifty times as much memory. */
  markupBytes: 16 * mebibyte,
  /** One list of relationships or content types. */
  listBytes: mebibyte / 2,
  entries: 2000,
  distinctTags: 2000,
  findings: 200,
  tagLength: 200,
  loopDepth: 3,
  /** Iterations of all loops of one document together. */
  loopItems: 100_000,
  /** Tags and sections visited while the loops are walked. */
  visits: 1_000_000,
  dataBytes: 16 * mebibyte,
  outputBytes: 50 * mebibyte,
  /** Characters of XML written by one render, before compression. */
  outputCharacters: 50 * mebibyte,
} as const

/** "25 MB" for 25 MiB, as people say it. */
export const megabytes = (bytes: number): string => `${Math.floor(bytes / mebibyte)} MB`

/** What a template may be filled with, as text of JSON. */
export const mostData = { bytes: limits.dataBytes, shown: megabytes(limits.dataBytes) }
