import * as E from 'fp-ts/Either'
import * as TE from 'fp-ts/TaskEither'
import type { ExecutionId } from '../../../src/domain/ids'
import { fillingIn } from '../../../src/nodes/node-work/filling'
import { checksIn, nodeThreads } from '../../../src/nodes/preflight'
import type { StepRun } from '../../../src/nodes/steps/step-run'
import { advance, type Advanced, type Advancing } from '../../../src/workflow/execution/advance'
import type { RunnableType } from '../../../src/workflow/execution/attempt'
import { catalogOf } from '../../../src/workflow/execution/catalog'
import type { RunLog } from '../../../src/workflow/execution/run-commands'
import { nobodyAsked } from '../../support/probes'
import { sent } from '../../support/runs'

/** What these tests do is small: no thread is started. */
const threads = nodeThreads()

/** The node types of these tests ask for nothing. */
const services = {} as Advancing['services']

export const result = { output: { n: 7 }, personal: { name: 'Ana' } }

export const typeOf = (change: Partial<RunnableType> = {}): RunnableType => ({
  node_type: 'of a test',
  fill: () => E.right(null),
  attempts: 3,
  timeoutMs: 5_000,
  input: () => E.right({ asked: true }),
  execute: () => TE.of(result),
  ...change,
})

/** What a worker advances runs with: its steps are all of this type. */
export const worker = (log: RunLog, type: RunnableType | undefined, change: Partial<Advancing> = {}): Advancing => ({
  log,
  catalog: catalogOf(log),
  nodeType: () => type,
  services,
  checks: checksIn(threads),
  probes: nobodyAsked,
  fillTexts: fillingIn(threads),
  author: 'worker 1',
  now: () => new Date().toISOString(),
  onCancel: () => () => undefined,
  deleteDocument: () => TE.of(undefined),
  ...change,
})

export const advanceOf =
  (deps: Advancing) =>
  async (id: ExecutionId, putOffBy?: string): Promise<Advanced> => {
    const advanced = await advance(deps)(id, putOffBy)()
    return E.isRight(advanced) ? advanced.right : advanced.left
  }

export const mailKey = (run: StepRun) => run.effectKey('mail')

/** The receipt of an e-mail of this step. */
export const receiptOf = (run: StepRun) => ({
  ...sent,
  data: { ...sent.data, effect_key: mailKey(run), step_id: run.step.step_id },
})

export const mail = (run: StepRun) => ({ effect_key: mailKey(run), kind: 'email', repeatable: false }) as const

export const gate = () => {
  let open: () => void = () => undefined
  const opened = new Promise<void>((resolve) => (open = resolve))
  return { open: () => open(), opened }
}
