import {
  condition,
  continueAsNew,
  defineSignal,
  proxyLocalActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow'
import type { ExecutionActivities } from './activities'

export const resumeAfterReview = defineSignal('resume_after_review')
export const cancel = defineSignal('cancel')

/** A worker that died is noticed by its workflow task's time-out: local activities run within it. */
const { advance } = proxyLocalActivities<ExecutionActivities>({
  startToCloseTimeout: '30 minutes',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '10 seconds' },
  localRetryThreshold: '1 second',
})

const longestPauseMs = 10_000

/** One run: advance, wait, again. State is in the log, so any part of it may be done again; a wake means: look. */
export async function runExecution(
  executionId: string,
  organizationId: string,
  putOff: string | null = null,
): Promise<void> {
  let putOffBy = putOff
  let wakes = 0
  const wake = () => void (wakes += 1)
  setHandler(resumeAfterReview, wake)
  setHandler(cancel, wake)
  for (let away = 0; ;) {
    const seen = wakes
    const advanced = await advance(executionId, organizationId, putOffBy)
    if (advanced._tag === 'Ended') return
    away = advanced._tag === 'Away' ? away + 1 : 0
    putOffBy = advanced.author
    const ms = advanced._tag === 'Away' ? Math.min(longestPauseMs, 500 * 2 ** away) : advanced.ms
    if (ms === null) await condition(() => wakes > seen)
    else await condition(() => wakes > seen, ms)
    if (workflowInfo().continueAsNewSuggested)
      await continueAsNew<typeof runExecution>(executionId, organizationId, putOffBy)
  }
}
