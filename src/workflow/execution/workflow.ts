import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow'
import type { ExecutionActivities } from './activities'

export const resumeAfterReview = defineSignal('resume_after_review')

/**
 * Without a limit of attempts: what counts attempts is the log, and a part of docg that is away must not end a run. A worker that
 * died is noticed by its missing heartbeat.
 */
const { beginExecution, runStep, completeExecution } = proxyActivities<ExecutionActivities>({
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '12 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '10 seconds' },
})

/** One run: its steps in order. State is in the log, so any part of it may be done again. */
export async function runExecution(executionId: string): Promise<void> {
  let reviews = 0
  setHandler(resumeAfterReview, () => {
    reviews += 1
  })
  for (const stepId of await beginExecution(executionId)) {
    for (let seen = reviews, outcome = await runStep(executionId, stepId); outcome !== 'completed';) {
      if (outcome === 'failed') return
      const before = seen
      await condition(() => reviews > before)
      seen = reviews
      outcome = await runStep(executionId, stepId)
    }
  }
  await completeExecution(executionId)
}
