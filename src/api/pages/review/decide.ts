import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import { commandHandler } from '../../../domain/command-handler'
import { execution, executionStream } from '../../../domain/execution'
import { commandContext, headerOf } from '../../context'
import type { Commanding } from '../../deps'
import type { ApiError } from '../../error'
import { type Form, readForm } from '../form'
import type { Page, PageCall, PageHandler } from '../on-page'
import { isSameOrigin } from '../same-origin'
import type { ViewNonces } from '../view-nonce'
import { type Invited, invited, overAt } from './invited'
import { longestComment, overPage, reviewPage, subjectOf, thanksPage } from './view'

export type Reviewing = Pick<Commanding, 'store' | 'keyed'> & { readonly nonces: ViewNonces }

type Decision = { readonly decision: 'approved' | 'rejected'; readonly comment: string }

const longestAgent = 500

/** A browser sends line breaks as CR LF, which count once where it counts. */
const commentIn = (form: Form): string =>
  (form('comment') ?? '')
    .replace(/\r\n?/g, '\n')
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '')
    .trim()

/** The same said again by the same person is no news and no mistake. */
const answerTo = (call: PageCall, asked: Invited, decision: string | undefined): Page | undefined => {
  const over = overAt(asked, new Date().toISOString())
  if (over === undefined) return undefined
  const { workflowName } = asked.run
  return over.by === 'you' && over.how === decision && (decision === 'approved' || decision === 'rejected')
    ? thanksPage(call.locale, workflowName, decision)
    : overPage(call.locale, workflowName, over)
}

const command = (
  { store, keyed }: Reviewing,
  call: PageCall,
  { run, review, approver }: Invited,
  { decision, comment }: Decision,
): TE.TaskEither<ApiError, unknown> => {
  const said = keyed.hashOfRequest('POST', `/review/${run.executionId}/${approver.approver_id}`, { decision, comment })
  const sender = {
    actor: { type: 'user' as const, id: `approver:${approver.approver_id}` },
    organization: run.organizationId,
    source: approver.approver_id,
  }
  return pipe(
    TE.fromEither(commandContext(call.req, call, sender, said)),
    TE.chainW((context) =>
      commandHandler(store)(execution)(
        executionStream(run.executionId),
        {
          type: 'DecideReview',
          now: new Date().toISOString(),
          review_id: review.review_id,
          approved: decision === 'approved',
          approver_id: approver.approver_id,
          personal: {
            decided_by: approver.email,
            comment: comment === '' ? null : comment,
            address: call.req.socket.remoteAddress ?? null,
            user_agent: headerOf(call.req, 'user-agent')?.slice(0, longestAgent) ?? null,
          },
        },
        context,
      ),
    ),
  )
}

/** Of two decisions at once the log takes one; the other learns of it. */
const decide = (deps: Reviewing, call: PageCall, asked: Invited, said: Decision): TE.TaskEither<ApiError, Page> =>
  pipe(
    command(deps, call, asked, said),
    TE.map(() => thanksPage(call.locale, asked.run.workflowName, said.decision)),
    TE.orElse((error) =>
      error._tag === 'ReviewOver'
        ? pipe(
            invited(deps.store)(call.req),
            TE.chainW((now) => {
              const page = answerTo(call, now, said.decision)
              return page === undefined ? TE.left<ApiError>(error) : TE.right(page)
            }),
          )
        : TE.left(error),
    ),
  )

const answer = (deps: Reviewing, call: PageCall, asked: Invited, form: Form): TE.TaskEither<ApiError, Page> => {
  const decision = form('decision')
  const over = answerTo(call, asked, decision)
  if (over !== undefined) return TE.right(over)
  const comment = commentIn(form)
  const again = (mistake: 'stale' | 'undecided' | 'too_long') =>
    TE.right(reviewPage(deps.nonces, call, asked, { mistake, comment }))
  if (!deps.nonces.isValid(subjectOf(asked), form('nonce') ?? '')) return again('stale')
  if (decision !== 'approved' && decision !== 'rejected') return again('undecided')
  return comment.length > longestComment ? again('too_long') : decide(deps, call, asked, { decision, comment })
}

/** POST: an approver decides, from the page that was shown to them. */
export const decideReview =
  (deps: Reviewing): PageHandler =>
  (call) =>
    pipe(
      invited(deps.store)(call.req),
      TE.bindTo('asked'),
      TE.filterOrElseW(
        () => isSameOrigin(call.req),
        (): ApiError => ({ _tag: 'ForeignForm' }),
      ),
      TE.bindW('form', () => readForm(call.req)),
      TE.chainW(({ asked, form }) => answer(deps, call, asked, form)),
    )
