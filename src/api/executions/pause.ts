import * as TE from 'fp-ts/TaskEither'
import { exactObject } from '../../domain/exact'
import { optionalBody } from '../body/json'
import type { Commanding } from '../deps'
import { controlReason, steerExecution, steeredAnswer } from './control'

const body = optionalBody(exactObject('Pause', {}, { reason: controlReason }))

/** At once when no step is at work, else when the one at work ends: `requested` then says so. */
export const pauseExecution = (deps: Commanding) =>
  steerExecution(deps, {
    control: 'pause',
    body,
    command: ({ body: { reason = null } }, _, now) => TE.right({ type: 'PauseExecution', now, reason }),
    answer: (carried) => TE.right(steeredAnswer(carried)),
  })
