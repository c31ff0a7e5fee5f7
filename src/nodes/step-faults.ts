import type { Code, ParamsOf } from '../domain/catalogue'
import type { Params } from '../domain/catalogue/text'
import { fault, recordedFault } from '../domain/fault'
import type { Finding } from './node-type'
import type { ReferenceFault } from './references'
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

/** `label` is the step's, `field` the part of its configuration that was filled in. */
export const findingOfReference =
  (label: string, field: string) =>
  (found: ReferenceFault): Finding =>
    found._tag === 'MissingValue'
      ? { code: 'data.unresolved_variable', params: { path: found.path, label }, tech: `${field} needs ${found.path}` }
      : { code: 'data.invalid_format', params: { field, expected: 'text' }, tech: `${field}: ${found.reason}` }

/** The step's fault is that of the first. */
export const faultOfReferences =
  (label: string, field: string) =>
  (found: ReadonlyArray<ReferenceFault>): StepFault =>
    faultOfFinding(findingOfReference(label, field)(found[0] ?? { _tag: 'UnusableValue', reason: 'unusable' }))

export const effectFault = (happened: EffectFault['happened'], of: StepFault): EffectFault => ({
  _tag: 'EffectFault',
  happened,
  fault: of,
})

export const unavailable = ({ reason }: { readonly reason: string }): Unavailable => ({ _tag: 'Unavailable', reason })
