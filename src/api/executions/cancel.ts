import * as TE from 'fp-ts/TaskEither'
import { exactObject } from '../../domain/exact'
import { optionalBody } from '../body/json'
import type { Commanding } from '../deps'
import { controlReason, steerExecution, steeredAnswer } from './control'

const body = optionalBody(exactObject('Cancel', {}, { reason: controlReason }))

/** At once when no step is at work, else when the one at work ends; no further effect begins. */
export const cancelExecution = (deps: Commanding) =>
  steerExecution(deps, {
    control: 'cancel',
    body,
    command: ({ body: { reason = null } }, _, now) => TE.right({ type: 'CancelExecution', now, reason }),
    answer: (carried) => TE.right(steeredAnswer(carried)),
  })
