import { type Code, isCode } from '../../domain/catalogue'
import type { Finding } from '../node-type'
import type { StepFault } from '../step-run'

const named =
  (code: Extract<Code, 'permissions.connection_missing' | 'permissions.secret_unreadable'>) =>
  (provider: string, tech: string): Finding => ({ code, params: { provider }, tech })

/** There is none that could be used. */
export const connectionMissing = named('permissions.connection_missing')

/** It has a secret that no key opens. */
export const secretUnreadable = named('permissions.secret_unreadable')

/** What a step would fail with, as it is found before the run. */
export const findingOfFault = ({ fault: { code, personal } }: StepFault): Finding => {
  if (!isCode(code)) throw new Error(`no code ${code}`)
  return { code, params: personal.params, tech: personal.tech }
}
