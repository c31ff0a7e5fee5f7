import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import type { Revision } from '../domain/event-store'
import { parseRevision } from '../domain/position'
import type { BadRequest } from './error'

export const etagOf = (revision: Revision): string => `"${revision}"`

const badIfMatch: BadRequest = {
  _tag: 'BadRequest',
  problems: [
    { header: 'If-Match', problem: 'must be one ETag that an answer about this resource carried: "<revision>"' },
  ],
}

const strongTag = /^"([^"]*)"$/

/** The revision that `If-Match` pins, undefined when the header is absent or `*`. Strong comparison: `W/` does not match. RFC 9110 13.1.1. */
export const pinnedRevision = (ifMatch: string | undefined): E.Either<BadRequest, Revision | undefined> => {
  if (ifMatch === undefined || ifMatch.trim() === '*') return E.right(undefined)
  return pipe(
    parseRevision(strongTag.exec(ifMatch.trim())?.[1] ?? ''),
    E.mapLeft(() => badIfMatch),
  )
}

/**
 * Whether the reader already holds this version. Weak comparison over a list, RFC 9110 13.1.2. Not express's own `fresh`: it takes the
 * `Cache-Control: no-cache` that every fetch() adds to a conditional request for a wish to reload.
 */
export const isHeld = (ifNoneMatch: string | undefined, etag: string): boolean =>
  ifNoneMatch !== undefined &&
  (ifNoneMatch.trim() === '*' || ifNoneMatch.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag))
