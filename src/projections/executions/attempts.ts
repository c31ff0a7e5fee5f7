import type { Recorded } from '../../domain/event-store'
import type { ExecutionEvent } from '../../domain/execution'
import type { Fault } from '../../domain/fault'
import type { Attempt } from './rows'

/** A step that is put off time and again begins as often: the last are kept. */
const attemptsAtMost = 10
/** Characters; the whole is on the lines of the log. */
const longestTech = 1_000
const longestParam = 300

const shortened = (value: string | number): string | number =>
  typeof value === 'string' ? value.slice(0, longestParam).replace(/\p{Surrogate}$/u, '') : value

const faultOf = ({ code, personal }: Fault): Pick<Attempt, 'code' | 'params' | 'human' | 'tech'> => ({
  code,
  params: Object.fromEntries(Object.entries(personal.params).map(([name, value]) => [name, shortened(value)])),
  human: personal.text.slice(0, longestTech).replace(/\p{Surrogate}$/u, ''),
  tech: personal.tech.slice(0, longestTech).replace(/\p{Surrogate}$/u, ''),
})

const begun = (attempt: number, { created }: Recorded): Attempt => ({
  attempt,
  started_at: created.toISOString(),
  ended_at: null,
  outcome: 'running',
  code: null,
  params: null,
  human: null,
  tech: null,
  retryable: null,
})

/** The last attempt, when it is at work, as it ended. */
const ended = (attempts: ReadonlyArray<Attempt>, end: Partial<Attempt>): ReadonlyArray<Attempt> => {
  const last = attempts.at(-1)
  return last?.outcome === 'running' ? [...attempts.slice(0, -1), { ...last, ...end }] : attempts
}

/** The attempts at a step after an event of it, or one that cancels its run. An attempt that nobody heard of again has no end. */
export const attemptsAfter = (
  attempts: ReadonlyArray<Attempt>,
  recorded: Recorded,
  event: ExecutionEvent,
): ReadonlyArray<Attempt> => {
  const ended_at = recorded.created.toISOString()
  if (event.type === 'StepStarted') {
    const { attempt, put_off } = event.data
    const before = ended(attempts, { outcome: put_off === true ? 'put_off' : 'interrupted' })
    return [...before, begun(attempt, recorded)].slice(-attemptsAtMost)
  }
  if (event.type === 'StepAttemptFailed')
    return ended(attempts, { ended_at, outcome: 'failure', retryable: true, ...faultOf(event.data.fault) })
  if (event.type === 'StepFailed') {
    const { fault, retryable = null } = event.data
    return ended(attempts, { ended_at, outcome: 'failure', retryable, ...faultOf(fault) })
  }
  if (event.type === 'DeliveryOutcomeLost')
    return ended(attempts, { ended_at, outcome: 'unknown', retryable: false, ...faultOf(event.data.fault) })
  if (event.type === 'StepCompleted') return ended(attempts, { ended_at, outcome: 'success' })
  return event.type === 'ExecutionCanceled' ? ended(attempts, { ended_at, outcome: 'interrupted' }) : attempts
}
