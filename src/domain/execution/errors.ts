import type { ExecutionStatus } from './state'

export type ExecutionNotFound = { readonly _tag: 'ExecutionNotFound' }
/** The id is taken by a run that another command created. */
export type ExecutionAlreadyExists = { readonly _tag: 'ExecutionAlreadyExists' }
export type ExecutionAlreadyEnded = { readonly _tag: 'ExecutionAlreadyEnded'; readonly status: ExecutionStatus }
export type StepNotPlanned = { readonly _tag: 'StepNotPlanned' }
/** A step begins when all before it are done, and is recorded only while it runs. */
export type StepOutOfTurn = { readonly _tag: 'StepOutOfTurn' }
export type EffectNotIntended = { readonly _tag: 'EffectNotIntended' }
/** An earlier attempt meant to do this and never said how it went. */
export type EffectOutcomeLost = { readonly _tag: 'EffectOutcomeLost' }
export type NothingToDecide = { readonly _tag: 'NothingToDecide'; readonly status: ExecutionStatus }
export type StepsRemain = { readonly _tag: 'StepsRemain' }

export type ExecutionRefusal =
  | ExecutionNotFound
  | ExecutionAlreadyExists
  | ExecutionAlreadyEnded
  | StepNotPlanned
  | StepOutOfTurn
  | EffectNotIntended
  | EffectOutcomeLost
  | NothingToDecide
  | StepsRemain
