import * as E from 'fp-ts/Either'
import type { EventStore, Recorded } from '../domain/event-store'
import { executionCategory, type ExecutionEvent, executionOfStream } from '../domain/execution'
import { createRetry } from '../domain/execution/create-retry'
import type { ExecutionId, OrganizationId } from '../domain/ids'
import { EventMetadata } from '../domain/metadata'
import { transient } from '../consumers/transient'

export type Signal = 'resume_after_review' | 'cancel'
export type RunOf = { readonly execution: ExecutionId; readonly organization: OrganizationId }

/** Both may be called again for the same run. */
export type Engine = {
  /** A workflow that was started before, and may have ended, is success. */
  readonly start: (run: RunOf) => Promise<void>
  /** Has the run looked at; one that has no open workflow gets one. */
  readonly wake: (run: RunOf, signal: Signal) => Promise<void>
}

export const reactorPrefixes: ReadonlyArray<string> = [`${executionCategory}-`]

type Reaction = 'start' | 'retry' | Signal | undefined

/** What each event of a run is to Temporal. */
export const reactions: { readonly [Type in ExecutionEvent['type']]: Reaction } = {
  ExecutionCreated: 'start',
  ExecutionRetried: 'retry',
  ExecutionResumed: 'resume_after_review',
  ReviewDecided: 'resume_after_review',
  DeliveryOutcomeDecided: 'resume_after_review',
  CancelRequested: 'cancel',
  ExecutionCanceled: 'cancel',
  StepReused: undefined,
  EffectCarriedOver: undefined,
  ExecutionStarted: undefined,
  PreflightCompleted: undefined,
  PauseRequested: undefined,
  ExecutionPaused: undefined,
  ControlRefused: undefined,
  ExecutionCompleted: undefined,
  ExecutionFailed: undefined,
  StepStarted: undefined,
  StepAttemptFailed: undefined,
  StepCompleted: undefined,
  StepFailed: undefined,
  StepSkipped: undefined,
  EffectIntended: undefined,
  EffectAbandoned: undefined,
  DocumentGenerated: undefined,
  DocumentSaved: undefined,
  DocumentSent: undefined,
  InvitationSent: undefined,
  DocumentExpired: undefined,
  DeliveryOutcomeLost: undefined,
  ReviewRequested: undefined,
  ReviewOpened: undefined,
  ReviewExpired: undefined,
}

const isOfRun = (type: string): type is ExecutionEvent['type'] => Object.hasOwn(reactions, type)

/** The worker looks at what it wrote itself; only a receipt that came late finds its run waiting. */
const isNews = ({ type }: Pick<Recorded, 'type'>, { actor }: EventMetadata): boolean =>
  actor.type !== 'system' ||
  type === 'DeliveryOutcomeDecided' ||
  type === 'ExecutionCreated' ||
  type === 'ExecutionRetried'

type Log = Pick<EventStore, 'append' | 'readStream'>

/** The run that goes on for this one is created, unless whoever asked for it has done so. */
const goOn =
  (log: Log) =>
  async (id: ExecutionId): Promise<void> => {
    const created = await createRetry(log)(id)()
    if (E.isLeft(created) && created.left._tag !== 'ExecutionAlreadyExists')
      throw transient(`run ${id} cannot be gone on with: ${created.left._tag}`)
  }

/** From the log to Temporal. The workflow's id is the stream's name. */
export const react =
  (engine: Engine, log: Log) =>
  async (recorded: Recorded): Promise<void> => {
    const id = executionOfStream(recorded.stream)
    const metadata = EventMetadata.decode(recorded.metadata)
    if (id === undefined || E.isLeft(metadata) || !isOfRun(recorded.type) || !isNews(recorded, metadata.right)) return
    const reaction = reactions[recorded.type]
    if (reaction === undefined) return
    const run = { execution: id, organization: metadata.right.organization_id }
    if (reaction === 'start') await engine.start(run)
    else if (reaction === 'retry') await goOn(log)(id)
    else await engine.wake(run, reaction)
  }
