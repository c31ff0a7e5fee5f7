import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import type { Position } from '../domain/event-store'
import type { Page, ReadModelBehind, UnknownCursor } from '../projections/executions/queries'
import { ok } from './answer'
import { type ApiError, badRequest, type ReadModelUnavailable } from './error'
import { idParameter, limitParameter, positionParameter, usualLimit } from './query'
import { Uuid } from './uuid'

/** How long a read waits for what it was asked to contain. */
export const patienceMs = 2_000

const unavailable = (error: unknown): ReadModelUnavailable => ({
  _tag: 'ReadModelUnavailable',
  reason: error instanceof Error ? error.message : String(error),
})

export const asking = <A>(ask: () => Promise<A>): TE.TaskEither<ReadModelUnavailable, A> =>
  TE.tryCatch(ask, unavailable)

type Positioned = {
  readonly position: () => Promise<Position | undefined>
  readonly waitForPosition: (position: Position, ms: number) => Promise<E.Either<ReadModelBehind, void>>
}

/** Until the rows hold everything up to `wanted`; at once when nothing is wanted. */
export const upToDate = (
  { waitForPosition }: Pick<Positioned, 'waitForPosition'>,
  wanted: Position | undefined,
): TE.TaskEither<ReadModelUnavailable | ReadModelBehind, void> =>
  wanted === undefined
    ? TE.right(undefined)
    : pipe(
        asking(() => waitForPosition(wanted, patienceMs)),
        TE.chainW(TE.fromEither),
      )

/** Parameters of every list. */
export const listParameters = {
  limit: limitParameter,
  cursor: idParameter(Uuid),
  at_least_position: positionParameter,
}

type ListQuery = {
  readonly limit: number | undefined
  readonly cursor: string | undefined
  readonly at_least_position: Position | undefined
}

type Ask<Item> = (paging: {
  readonly limit: number
  readonly cursor?: string | undefined
}) => Promise<E.Either<UnknownCursor, Page<Item>>>

const badCursor = badRequest({ parameter: 'cursor', problem: 'is not the id of an item of this list' })

/** `position` is taken before the rows are read, so that they hold at least that. */
export const readPage = <Item>(
  positioned: Positioned,
  { limit = usualLimit, cursor, at_least_position }: ListQuery,
  ask: Ask<Item>,
): TE.TaskEither<ApiError, { readonly page: Page<Item>; readonly position: Position | undefined }> =>
  pipe(
    upToDate(positioned, at_least_position),
    TE.bindW('position', () => asking(positioned.position)),
    TE.bindW('page', () =>
      pipe(
        asking(() => ask({ limit, cursor })),
        TE.chainEitherKW(E.mapLeft(() => badCursor)),
      ),
    ),
  )

export const shownPage = <Item>(
  name: string,
  { items, has_more, next_cursor }: Page<Item>,
  shown: (item: Item) => object,
) => ({
  [name]: items.map(shown),
  has_more,
  next_cursor,
})

/** A page as an answer. */
export const pageAnswer =
  <Item>(name: string, shown: (item: Item) => object) =>
  ({ page, position }: { readonly page: Page<Item>; readonly position: Position | undefined }) =>
    ok(shownPage(name, page, shown), { position })
