import type { Position, Revision } from '../domain/event-store'
import { formatPosition } from '../domain/position'
import { etagOf } from './etag'

export type Answer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: { readonly json: unknown } | { readonly bytes: Uint8Array }
}

const withRevision = (revision: Revision | undefined) => (revision === undefined ? {} : { ETag: etagOf(revision) })

export const withPosition = (position: Position | undefined) =>
  position === undefined ? {} : { 'X-Docg-Position': formatPosition(position) }

type Place = { readonly revision?: Revision | undefined; readonly position?: Position | undefined }

/** A read: `position` is how far the read side had come. */
export const ok = (json: unknown, { revision, position }: Place = {}): Answer => ({
  status: 200,
  headers: { ...withRevision(revision), ...withPosition(position) },
  body: { json },
})

type Done = { readonly revision: Revision; readonly position: Position }

/** A command that was carried out; its revision and position let the sender read what it wrote. */
export const done = (
  fields: object,
  { revision, position }: Done,
  status: 200 | 201 | 202 = 200,
  headers: Readonly<Record<string, string>> = {},
): Answer => ({
  status,
  headers: { ...withRevision(revision), ...withPosition(position), ...headers },
  body: { json: { ...fields, revision: Number(revision), position: formatPosition(position) } },
})

export const created = (fields: object, at: Done, location: string): Answer =>
  done(fields, at, 201, { Location: location })
