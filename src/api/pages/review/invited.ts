import { createHash, timingSafeEqual } from 'node:crypto'
import type { Request } from 'express'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import { execution, executionStream } from '../../../domain/execution'
import type { Approver, Execution, ExecutionState, Review } from '../../../domain/execution/state'
import { ExecutionId } from '../../../domain/ids'
import { load, type LoadError } from '../../../domain/load'
import type { Commanding } from '../../deps'
import { type NotFound, notFound } from '../../error'
import { idIn } from '../../id'

/** Somebody whom a run asks for a review, as the link names them. */
export type Invited = { readonly run: Execution; readonly review: Review; readonly approver: Approver }

const tokenForm = /^[\w-]{43}$/

const textIn = ({ params }: Request, name: string): string => {
  const value = params[name]
  return typeof value === 'string' ? value : ''
}
export const tokenIn = (req: Request): string => textIn(req, 'token')

const isHashOf = (sha256: string, token: string): boolean => {
  const given = Buffer.from(createHash('sha256').update(token).digest('hex'))
  const kept = Buffer.from(sha256)
  return kept.length === given.length && timingSafeEqual(kept, given)
}

/** Looks at every approver, so that the time taken tells nothing of the one that fits. */
export const invitedBy = (run: ExecutionState, token: string): Invited | undefined =>
  run.status === 'unborn'
    ? undefined
    : run.reviews
        .flatMap((review) => review.approvers.map((approver) => ({ run, review, approver })))
        .filter(({ approver }) => isHashOf(approver.token_sha256, token))[0]

/** Whom this link was sent to; whatever does not fit, there is nothing here. */
export const invited =
  (store: Pick<Commanding['store'], 'readStream'>) =>
  (req: Request): TE.TaskEither<LoadError | NotFound, Invited> =>
    pipe(
      TE.fromEither(idIn(req, ExecutionId, 'execution_id')),
      TE.filterOrElse(
        () => tokenForm.test(tokenIn(req)),
        () => notFound,
      ),
      TE.chainW((id) => load(store)(execution)(executionStream(id))),
      TE.chainW(({ state }) => pipe(invitedBy(state, tokenIn(req)), TE.fromNullable(notFound))),
    )

/** Why a link is dead. `at` is RFC 3339; undefined when it is not said. */
export type Over = {
  readonly how: 'approved' | 'rejected' | 'expired' | 'canceled' | 'ended'
  readonly at: string | undefined
  readonly by: 'you' | 'another' | 'time' | undefined
}

const decidedBy = ({ review: { decision }, approver }: Invited): Over['by'] => {
  if (decision?.via === 'timeout') return 'time'
  return decision?.approver_id === approver.approver_id ? 'you' : 'another'
}

/** Undefined while the review waits for a decision. `now` is RFC 3339 UTC. */
export const overAt = (asked: Invited, now: string): Over | undefined => {
  const { run, review } = asked
  const { status, expires_at } = review
  if (status === 'approved' || status === 'rejected')
    return { how: status, at: review.decision?.at, by: decidedBy(asked) }
  if (status === 'expired') return { how: 'expired', at: expires_at, by: undefined }
  if (run.life === 'canceled') return { how: 'canceled', at: undefined, by: undefined }
  if (run.life !== 'running') return { how: 'ended', at: undefined, by: undefined }
  if (expires_at > now) return undefined
  return review.auto_approve
    ? { how: 'approved', at: expires_at, by: 'time' }
    : { how: 'expired', at: expires_at, by: undefined }
}
