import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as t from 'io-ts'
import type { EventOf } from '../codec'
import { Fault, fault } from '../fault'
import { DocumentId, StepId } from '../ids'
import { type ExecutionAlreadyEnded, type LifecycleCommand, type LifecycleEvent, carriedOut } from './lifecycle'
import {
  EffectKey,
  GeneratedDocument,
  Intention,
  type OutcomeDecision,
  type Receipt,
  SavedDocument,
  SentDocument,
  SentInvitation,
} from './receipts'
import {
  type Effect,
  type Execution,
  held,
  type HoldOf,
  type Step,
  stepAtWork,
  stepOf,
  waitsForPeople,
  withStep,
} from './state'

const Abandoned = t.readonly(t.type({ effect_key: EffectKey, step_id: StepId, fault: Fault }))

/** `receipt_found`: the attempt that was given up for lost reported after all. */
const Settlement = t.keyof({ resend: null, assume_sent: null, receipt_found: null }, 'Settlement')

export const effectEvents = {
  EffectIntended: Intention,
  DocumentGenerated: GeneratedDocument,
  DocumentSaved: SavedDocument,
  DocumentSent: SentDocument,
  InvitationSent: SentInvitation,
  /** The effect is known not to have happened; it may be intended again. */
  EffectAbandoned: Abandoned,
  DeliveryOutcomeLost: t.readonly(t.type({ effect_key: EffectKey, step_id: StepId, at: t.string, fault: Fault })),
  DeliveryOutcomeDecided: t.readonly(t.type({ effect_key: EffectKey, step_id: StepId, decision: Settlement })),
  /** Its bytes are gone; that it was there remains. */
  DocumentExpired: t.readonly(t.type({ document_id: DocumentId, at: t.string })),
}
export type EffectEvent = EventOf<typeof effectEvents>
type EventNamed<Type extends EffectEvent['type']> = Extract<EffectEvent, { readonly type: Type }>

export type EffectCommand =
  | ({ readonly type: 'IntendEffect' } & Intention)
  | { readonly type: 'RecordReceipt'; readonly receipt: Receipt }
  | ({ readonly type: 'AbandonEffect' } & t.TypeOf<typeof Abandoned>)
  | { readonly type: 'ReportLostOutcome'; readonly effect_key: EffectKey; readonly now: string; readonly fault: Fault }
  | { readonly type: 'ExpireDocument'; readonly document_id: DocumentId; readonly now: string }

export type EffectNotIntended = { readonly _tag: 'EffectNotIntended' }
/** An earlier attempt meant to do this and never said how it went. */
export type EffectOutcomeLost = { readonly _tag: 'EffectOutcomeLost' }
/** A step begins when all before it are done, and is recorded only while it runs. */
export type StepOutOfTurn = { readonly _tag: 'StepOutOfTurn' }
export type StepNotPlanned = { readonly _tag: 'StepNotPlanned' }
/** A pause or a cancel was asked for: nothing more begins. */
export type RequestHeard = { readonly _tag: 'RequestHeard'; readonly control: 'pause' | 'cancel' }
export type EffectRefusal =
  EffectNotIntended | EffectOutcomeLost | StepOutOfTurn | StepNotPlanned | RequestHeard | ExecutionAlreadyEnded

type Decision = E.Either<EffectRefusal, ReadonlyArray<EffectEvent | LifecycleEvent>>
type Decide<Type extends EffectCommand['type']> = (
  command: Extract<EffectCommand, { readonly type: Type }>,
) => (run: Execution) => Decision

const nothing: Decision = E.right([])
const outcomeLost: Decision = E.left({ _tag: 'EffectOutcomeLost' })

const intend: Decide<'IntendEffect'> =
  ({ type: _, ...intention }) =>
  (run) => {
    const effect = run.effects[intention.effect_key]
    if (effect?.status === 'done') return nothing
    if (effect?.status === 'lost') return outcomeLost
    if (effect?.status === 'intended') {
      if (effect.author === intention.author) return nothing
      if (!effect.repeatable) return outcomeLost
    }
    return pipe(
      stepOf(run, intention.step_id),
      E.fromNullable<EffectRefusal>({ _tag: 'StepNotPlanned' }),
      E.chain(({ status }): Decision => {
        if (status !== 'running' || run.life !== 'running' || waitsForPeople(run))
          return E.left({ _tag: 'StepOutOfTurn' })
        if (run.requested !== undefined) return E.left({ _tag: 'RequestHeard', control: run.requested.control })
        return effect?.status === 'intended' ? nothing : E.right([{ type: 'EffectIntended', data: intention }])
      }),
    )
  }

/** What a person is asked about: one step may have begun several. */
export const lostIn = ({ holds }: Execution): ReadonlyArray<HoldOf<'outcome_lost'>> =>
  holds.filter((hold) => hold.kind === 'outcome_lost')

export const settled = (
  { effect_key, step_id }: Pick<Effect, 'effect_key' | 'step_id'>,
  decision: OutcomeDecision | 'receipt_found',
): EffectEvent => ({ type: 'DeliveryOutcomeDecided', data: { effect_key, step_id, decision } })

/** A receipt that comes late is a fact all the same: it settles an effect that was given up or lost. */
const recordReceipt: Decide<'RecordReceipt'> =
  ({ receipt }) =>
  (run) => {
    const effect = run.effects[receipt.data.effect_key]
    if (effect === undefined) return E.left({ _tag: 'EffectNotIntended' })
    if (effect.status === 'done') return nothing
    const waits = lostIn(run).some(({ effect_key }) => effect_key === effect.effect_key)
    return E.right(waits ? [receipt, settled(effect, 'receipt_found')] : [receipt])
  }

const abandon: Decide<'AbandonEffect'> =
  ({ type: _, ...data }) =>
  (run) =>
    run.effects[data.effect_key]?.status === 'intended' ? E.right([{ type: 'EffectAbandoned', data }]) : nothing

/** Only a step at work can wait for a person; of one that ended, the outcome changes nothing any more. */
const reportLost: Decide<'ReportLostOutcome'> =
  ({ effect_key, now, fault: said }) =>
  (run) => {
    const effect = run.effects[effect_key]
    if (effect === undefined) return E.left({ _tag: 'EffectNotIntended' })
    if (effect.status !== 'intended' || effect.repeatable) return nothing
    if (stepOf(run, effect.step_id)?.status !== 'running' || run.life !== 'running') return nothing
    const lost: EffectEvent = {
      type: 'DeliveryOutcomeLost',
      data: { effect_key, step_id: effect.step_id, at: now, fault: said },
    }
    return E.right([lost, ...carriedOut(run)])
  }

export const decideEffects: { readonly [Type in EffectCommand['type']]: Decide<Type> } = {
  IntendEffect: intend,
  RecordReceipt: recordReceipt,
  AbandonEffect: abandon,
  ReportLostOutcome: reportLost,
  ExpireDocument:
    ({ document_id, now }) =>
    (run) =>
      run.documents.some((each) => each.document_id === document_id && each.expired_at === undefined)
        ? E.right([{ type: 'DocumentExpired', data: { document_id, at: now } }])
        : nothing,
}

/** Effects of a step that were begun by an attempt of which nothing more is heard, and that may have happened. */
const unknownOf = (run: Execution, step: Step): ReadonlyArray<Effect> =>
  Object.values(run.effects).filter(
    ({ step_id, status, repeatable }) => step_id === step.step_id && status === 'intended' && !repeatable,
  )

/** Nothing is at work any more, so what was asked for happens; what may have happened outside is told as not known. */
export const carryOutRequest =
  ({ now }: Extract<LifecycleCommand, { readonly type: 'CarryOutRequest' }>) =>
  (run: Execution): Decision => {
    const step = stepAtWork(run)
    if (run.requested === undefined || step === undefined) return nothing
    const lost = unknownOf(run, step).map((effect): EffectEvent => ({
      type: 'DeliveryOutcomeLost',
      data: {
        effect_key: effect.effect_key,
        step_id: effect.step_id,
        at: now,
        fault: fault('delivery.outcome_unknown', { label: step.label }, 'nothing more was heard of the attempt'),
      },
    }))
    return E.right([...lost, ...carriedOut(run)])
  }

const withEffect = (run: Execution, key: EffectKey, change: Partial<Effect>): Execution => {
  const effect = run.effects[key]
  return effect === undefined ? run : { ...run, effects: { ...run.effects, [key]: { ...effect, ...change } } }
}

const intended = (run: Execution, { data }: EventNamed<'EffectIntended'>): Execution => ({
  ...run,
  ...(data.kind === 'email' ? { stage: 'sending', deliveryState: 'sending' } : {}),
  effects: {
    ...run.effects,
    [data.effect_key]: {
      ...data,
      status: 'intended',
      times: (run.effects[data.effect_key]?.times ?? 0) + 1,
      message_id: undefined,
      receipt: undefined,
      carriedFrom: undefined,
    },
  },
})

const receipted = (run: Execution, receipt: Receipt): Execution =>
  withEffect(run, receipt.data.effect_key, {
    status: 'done',
    receipt,
    message_id: 'message_id' in receipt.data ? receipt.data.message_id : undefined,
  })

const decided = (run: Execution, { data }: EventNamed<'DeliveryOutcomeDecided'>): Execution => {
  const holds = run.holds.filter((hold) => hold.kind !== 'outcome_lost' || hold.effect_key !== data.effect_key)
  const known = withEffect({ ...run, holds }, data.effect_key, {
    status: data.decision === 'resend' ? 'dropped' : 'done',
  })
  return {
    ...withStep(known, data.step_id, () => ({ faults: 0, deaths: 0 })),
    stage: 'making',
    lastFault: lostIn(known).length === 0 ? undefined : run.lastFault,
  }
}

export const evolveEffects: {
  readonly [Type in EffectEvent['type']]: (run: Execution, event: EventNamed<Type>) => Execution
} = {
  EffectIntended: intended,
  DocumentGenerated: (run, event) => ({
    ...receipted(run, event),
    documents: [...run.documents, { ...event.data, expired_at: undefined, reused: false }],
  }),
  DocumentSaved: receipted,
  DocumentSent: receipted,
  InvitationSent: receipted,
  EffectAbandoned: (run, { data }) => withEffect(run, data.effect_key, { status: 'dropped' }),
  DeliveryOutcomeLost: (run, { data: { effect_key, step_id, at, fault: lastFault } }) => ({
    ...withEffect(held(run, { kind: 'outcome_lost', since: at, step_id, effect_key }), effect_key, { status: 'lost' }),
    lastFault,
  }),
  DeliveryOutcomeDecided: decided,
  DocumentExpired: (run, { data }) => ({
    ...run,
    documents: run.documents.map((each) =>
      each.document_id === data.document_id ? { ...each, expired_at: data.at } : each,
    ),
  }),
}
