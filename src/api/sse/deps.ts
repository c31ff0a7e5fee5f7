import type { Request, Response } from 'express'
import type * as E from 'fp-ts/Either'
import type { Locale } from '../../domain/messages/entry'
import type { OrganizationId } from '../../domain/ids'
import type { LiveTail } from '../../projections/live/tail'
import type { ApiError } from '../error'

/** Who watches; `locale` is the language that this request asks for. */
export type Viewer = {
  readonly organization: OrganizationId
  readonly roles: ReadonlyArray<string>
  readonly locale: Locale
}

/** The cursor comes after everything in the log: of another run, or of another log. `head` is the id of the last message. 409. */
export type CursorBeyondHead = { readonly _tag: 'CursorBeyondHead'; readonly head: string }
export type SseRefusal = ApiError | CursorBeyondHead

export type SseDeps = {
  readonly tail: LiveTail
  readonly authorize: (req: Request) => Promise<E.Either<ApiError, Viewer>>
  /** Answers with a problem; `viewer` once known. */
  readonly refuse: (req: Request, res: Response, refusal: SseRefusal, viewer?: Viewer) => void
  readonly timing?: Partial<SseTiming>
}

/** All in ms. */
export type SseTiming = {
  /** Silence before a heartbeat. */
  readonly heartbeat: number
  /** How long a client may take nothing before it is cut off; it resumes by id. */
  readonly stall: number
}
