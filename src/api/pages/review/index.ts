import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import type { BlobStore } from '../../../stores/blobs/blob-store'
import { attachment } from '../../documents/disposition'
import { type ApiError, notFound } from '../../error'
import type { Methods } from '../../routes'
import type { OnPage, PageAnswer, PageHandler } from '../on-page'
import { decideReview, type Reviewing } from './decide'
import { type Invited, invited, overAt } from './invited'
import { documentsOf, overPage, reviewPage } from './view'

type Deps = Reviewing & { readonly blobs: Pick<BlobStore, 'get'> }

const whileOpen =
  (
    { store }: Pick<Deps, 'store'>,
    show: (call: Parameters<PageHandler>[0], asked: Invited) => ReturnType<PageHandler>,
  ): PageHandler =>
  (call) =>
    pipe(
      invited(store)(call.req),
      TE.chainW((asked): TE.TaskEither<ApiError, PageAnswer> => {
        const over = overAt(asked, new Date().toISOString())
        return over === undefined ? show(call, asked) : TE.right(overPage(call.locale, asked.run.workflowName, over))
      }),
    )

/** GET: looks and decides nothing, for scanners of mail follow links too. */
const viewReview = (deps: Deps): PageHandler =>
  whileOpen(deps, (call, asked) => TE.right(reviewPage(deps.nonces, call, asked)))

/** A document that this very run made. */
const readReviewDocument = (deps: Deps): PageHandler =>
  whileOpen(deps, ({ req }, asked) => {
    const document = documentsOf(asked).find(({ document_id }) => document_id === req.params['document_id'])
    if (document === undefined) return TE.left(notFound)
    return pipe(
      deps.blobs.get(document.sha256),
      TE.map((file) => ({
        file,
        headers: {
          'Content-Type': document.content_type,
          'Content-Disposition': attachment(document.personal.file_name),
        },
      })),
    )
  })

/** What people asked for a review see, below `/review`. */
export const reviewPages = (page: OnPage, deps: Deps): Readonly<Record<string, Methods>> => ({
  '/:execution_id/:token': { get: page(viewReview(deps)), post: page(decideReview(deps)) },
  '/:execution_id/:token/documents/:document_id': { get: page(readReviewDocument(deps)) },
})
