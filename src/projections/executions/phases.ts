import type { Phase } from '../../domain/execution/plan'
import type { PhaseMetric, StepMetric, StepRow } from './rows'

const stepMetric = ({ id, queue_wait_ms, duration_ms, attempt }: StepRow): StepMetric => ({
  step_id: id,
  queue_wait_ms,
  run_ms: duration_ms,
  attempts: attempt,
})

const metricOf = (steps: ReadonlyArray<StepRow>): PhaseMetric | undefined => {
  const starts = steps.flatMap(({ started_at }) => (started_at === null ? [] : [started_at.getTime()]))
  if (starts.length === 0) return undefined
  const ends = steps.flatMap(({ completed_at }) => (completed_at === null ? [] : [completed_at.getTime()]))
  const start = Math.min(...starts)
  const failed = steps.some(({ status }) => status === 'failure')
  const end = ends.length === steps.length || failed ? Math.max(start, ...ends) : null
  return {
    start: new Date(start).toISOString(),
    end: end === null ? null : new Date(end).toISOString(),
    duration_ms: end === null ? null : end - start,
    steps: steps.filter(({ attempt }) => attempt > 0).map(stepMetric),
  }
}

/** Phases that have begun: from the first start of a step to the end of the last, or to the failure of one. From times of events only. */
export const phaseMetrics = (
  steps: ReadonlyArray<StepRow>,
  preflight: PhaseMetric | undefined,
): Readonly<Partial<Record<Phase, PhaseMetric>>> => {
  const phases = [...new Set(steps.map(({ phase }) => phase))]
  return {
    ...(preflight === undefined ? {} : { preflight }),
    ...Object.fromEntries(
      phases.flatMap((phase) => {
        const metric = metricOf(steps.filter((step) => step.phase === phase))
        return metric === undefined ? [] : [[phase, metric]]
      }),
    ),
  }
}
