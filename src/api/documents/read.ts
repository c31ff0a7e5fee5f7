import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import { DocumentId } from '../../domain/ids'
import type { DocumentRow } from '../../projections/executions/queries'
import type { BlobStore } from '../../stores/blobs/blob-store'
import { type Answer, ok } from '../answer'
import { mayRead } from '../auth/role'
import { ignoreBody } from '../body/json'
import { type ApiError, notFound } from '../error'
import { type ReadingRuns, runAsked, runParameters } from '../executions/reading'
import { idIn } from '../id'
import { noQuery, query } from '../query'
import { asking } from '../read-side'
import { attachment } from './disposition'
import { shownDocument } from './shown'

const file = (row: DocumentRow, bytes: Uint8Array): Answer => ({
  status: 200,
  headers: {
    'Content-Type': row.content_type,
    'Content-Length': String(bytes.length),
    'Content-Disposition': attachment(row.file_name),
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "default-src 'none'; sandbox",
    ETag: `"${row.sha256}"`,
  },
  body: { bytes },
})

/** The bytes as they were made. */
export const readDocument = ({ on, executions, blobs }: ReadingRuns & { readonly blobs: Pick<BlobStore, 'get'> }) =>
  on.route({
    roles: mayRead,
    query: noQuery,
    body: ignoreBody,
    produces: 'file',
    handle: ({ req, caller }) =>
      pipe(
        TE.fromEither<ApiError, DocumentId>(idIn(req, DocumentId)),
        TE.chainW((id) => asking(() => executions.document(caller.organization, id))),
        TE.chainW(TE.fromNullable(notFound)),
        TE.bindTo('row'),
        TE.bindW('bytes', ({ row }) => blobs.get(row.sha256)),
        TE.map(({ row, bytes }) => file(row, bytes)),
      ),
  })

const runQuery = query(runParameters)

export const readDocuments = (deps: ReadingRuns) =>
  deps.on.route({
    roles: mayRead,
    query: runQuery,
    body: ignoreBody,
    handle: (call) =>
      pipe(
        runAsked(deps)(call),
        TE.bindTo('run'),
        TE.bindW('rows', ({ run }) => asking(() => deps.executions.documents(call.caller.organization, run.row.id))),
        TE.map(({ run: { row, position }, rows }) =>
          ok({ documents: rows.map(shownDocument) }, { revision: row.revision, position }),
        ),
      ),
  })
