import type { Code, ParamsOf } from '../../domain/messages'
import type { Params } from '../../domain/messages/text'
import { fault, recordedFault } from '../../domain/fault'
import type { Finding } from '../contract'
import type { ReferenceFault } from '../texts/fill-in'
import type { EffectFault, StepFault, Unavailable } from './step-run'

export const stepFault = <C extends Code>(
  code: C,
  params: ParamsOf<C> & Params,
  tech: string,
  retryable = false,
): StepFault => ({
  _tag: 'StepFault',
  retryable,
  fault: fault(code, params, tech),
})

export const faultOfFinding = ({ code, params, tech }: Finding, retryable = false): StepFault => ({
  _tag: 'StepFault',
  retryable,
  fault: recordedFault(code, params, tech),
})

/** A check without its end is no check: it blocks. */
export const checkUnfinished = (label: string, tech: string): Finding => ({
  code: 'data.check_unfinished',
  params: { label },
  tech,
})

/** The same in a run: it may go better at another time. */
export const fillingUnfinished = (label: string, tech: string): StepFault => stepFault('timeout', { label }, tech, true)

/** `label` is the step's, `field` the part of its configuration that was filled in. */
export const findingOfReference =
  (label: string, field: string) =>
  (found: ReferenceFault): Finding => {
    switch (found._tag) {
      case 'MissingValue':
        return {
          code: 'data.unresolved_variable',
          params: { path: found.path, label },
          tech: `${field} needs ${found.path}`,
        }
      case 'UnusableValue':
        return { code: 'data.invalid_format', params: { field, expected: 'text' }, tech: `${field}: ${found.reason}` }
      case 'OutOfTime':
        return checkUnfinished(label, `${field} was not filled in in the time of its step`)
    }
  }

/** The step's fault is that of the first. */
export const faultOfReferences =
  (label: string, field: string) =>
  ([first = { _tag: 'UnusableValue', reason: 'unusable' }]: ReadonlyArray<ReferenceFault>): StepFault =>
    first._tag === 'OutOfTime'
      ? fillingUnfinished(label, `${field} was not filled in in the time of its step`)
      : faultOfFinding(findingOfReference(label, field)(first))

export const effectFault = (happened: EffectFault['happened'], of: StepFault): EffectFault => ({
  _tag: 'EffectFault',
  happened,
  fault: of,
})

export const unavailable = ({ reason }: { readonly reason: string }): Unavailable => ({ _tag: 'Unavailable', reason })
