import * as E from 'fp-ts/Either'

const deepest = 20
const longestSegment = 120
const unsafe = /[:*?"<>|\\\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu

const safeSegment = (segment: string): string =>
  segment
    .normalize('NFC')
    .replace(unsafe, '-')
    .trim()
    .slice(0, longestSegment)
    .replace(/[\s.]+$/, '')

/** A folder below a destination, in parts. What leads upwards is refused, what file systems do not take is replaced. */
export const folderOf = (text: string): E.Either<string, ReadonlyArray<string>> => {
  const segments = text.split(/[/\\]/).map((segment) => segment.trim())
  if (segments.some((segment) => segment === '..')) return E.left('may not lead upwards')
  const safe = segments
    .filter((segment) => segment !== '.')
    .map(safeSegment)
    .filter((segment) => segment !== '')
  return safe.length > deepest ? E.left(`may be at most ${deepest} folders deep`) : E.right(safe)
}

/** Names to try for a file: its own, then one with the beginning of its hash, for when another file has the first. */
export const namesFor = (name: string, sha256: string): ReadonlyArray<string> => {
  const dot = name.lastIndexOf('.')
  const [base, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, '']
  return [name, `${base}-${sha256.slice(0, 12)}${ending}`, `${base}-${sha256}${ending}`]
}
