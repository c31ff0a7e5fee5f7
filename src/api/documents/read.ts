import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import { DocumentId, type OrganizationId } from '../../domain/ids'
import type { DocumentRow } from '../../projections/executions/queries'
import type { BlobStore } from '../../stores/blobs/blob-store'
import type { EventStore, Position } from '../../domain/event-store'
import { type Answer, withPosition } from '../answer'
import { mayRead } from '../auth/role'
import { ignoreBody } from '../body/json'
import { type ApiError, notFound } from '../error'
import { readAllOf, type ReadingRuns } from '../executions/reading'
import { idIn } from '../id'
import { noQuery } from '../query'
import { asking, patienceMs } from '../read-side'
import { attachment } from './disposition'
import { shownDocument } from './shown'

const file = (row: DocumentRow, bytes: Uint8Array, position: Position | undefined): Answer => ({
  status: 200,
  headers: {
    'Content-Type': row.content_type,
    'Content-Length': String(bytes.length),
    'Content-Disposition': attachment(row.file_name),
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "default-src 'none'; sandbox",
    ETag: `"${row.sha256}"`,
    ...withPosition(position),
  },
  body: { bytes },
})

type FindingDocuments = Pick<ReadingRuns, 'executions'> & { readonly store: Pick<EventStore, 'tail'> }

/** The live stream may name a document before its row is there: an unknown one is asked for again when the rows hold what the log holds now. */
const foundDocument =
  ({ executions, store }: FindingDocuments) =>
  (organization: OrganizationId, id: DocumentId): TE.TaskEither<ApiError, DocumentRow> => {
    const inRows = asking(() => executions.document(organization, id))
    const awaited = pipe(
      store.tail,
      TE.chainW((tail) =>
        tail === undefined ? TE.right(undefined) : asking(() => executions.waitForPosition(tail, patienceMs)),
      ),
      TE.chainW(() => inRows),
    )
    return pipe(
      inRows,
      TE.chainW((row): TE.TaskEither<ApiError, DocumentRow | undefined> =>
        row === undefined ? awaited : TE.right(row),
      ),
      TE.chainW(TE.fromNullable(notFound)),
    )
  }

type Deps = FindingDocuments & Pick<ReadingRuns, 'on'> & { readonly blobs: Pick<BlobStore, 'get'> }

/** The bytes as they were made. */
export const readDocument = ({ on, blobs, ...deps }: Deps) =>
  on.route({
    roles: mayRead,
    query: noQuery,
    body: ignoreBody,
    produces: 'file',
    handle: ({ req, caller }) =>
      pipe(
        TE.fromEither<ApiError, DocumentId>(idIn(req, DocumentId)),
        TE.bindTo('id'),
        TE.bindW('position', () => asking(deps.executions.position)),
        TE.bindW('row', ({ id }) => foundDocument(deps)(caller.organization, id)),
        TE.bindW('bytes', ({ row }) => blobs.get(row.sha256)),
        TE.map(({ row, bytes, position }) => file(row, bytes, position)),
      ),
  })

export const readDocuments = (deps: ReadingRuns) =>
  readAllOf(deps)('documents', deps.executions.documents, () => shownDocument)
