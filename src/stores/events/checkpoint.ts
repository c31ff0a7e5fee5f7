import * as E from 'fp-ts/Either'
import type { Position, ReadError, SubscriptionStart } from '../../domain/event-store'
import { comparePositions, formatPosition } from '../../domain/position'

const allOnes = 18446744073709551615n

const isSound = ({ commit, prepare }: Position): boolean =>
  prepare > 0n && prepare <= commit && commit !== allOnes && prepare !== allOnes

/**
 * Servers are known to send checkpoints of all ones, of the end of the log with prepare 0, repeated, or too far. One is accepted when it is sound,
 * grows, and does not pass the tail, which is read for the purpose when it is not known to be that far.
 */
export const acceptCheckpoint = (
  tail: () => Promise<E.Either<ReadError, Position | undefined>>,
  warn: (fields: object, message: string) => void,
) => {
  let known: Position | undefined
  let candidate: { readonly position: Position; readonly accept: () => void } | undefined
  let reading = false
  const settle = async () => {
    reading = true
    const end = await tail()
    reading = false
    if (E.isRight(end)) known = end.right
    const last = candidate
    candidate = undefined
    if (last === undefined || E.isLeft(end)) return
    if (known !== undefined && comparePositions(last.position, known) <= 0) last.accept()
    else warn({ checkpoint: formatPosition(last.position) }, 'checkpoint beyond the tail refused')
  }
  return (position: Position, after: SubscriptionStart, accept: () => void): void => {
    const order = after === 'start' ? 1 : comparePositions(position, after)
    if (!isSound(position)) warn({ checkpoint: formatPosition(position) }, 'unsound checkpoint refused')
    else if (order < 0) warn({ checkpoint: formatPosition(position) }, 'checkpoint that steps back refused')
    else if (order === 0) return
    else if (known !== undefined && comparePositions(position, known) <= 0) accept()
    else {
      candidate = { position, accept }
      if (!reading) void settle()
    }
  }
}
