import { isCode } from '../../domain/messages'
import type { Finding } from '../contract'
import type { StepFault } from '../steps/step-run'

/** There is none that could be used. */
export const connectionMissing = (provider: string, tech: string): Finding => ({
  code: 'permissions.connection_missing',
  params: { provider },
  tech,
})

/** It has a secret that no key opens. */
export const secretUnreadable = (provider: string, tech: string): Finding => ({
  code: 'permissions.secret_unreadable',
  params: { provider },
  tech,
})

/** What a step would fail with, as it is found before the run. */
export const findingOfFault = ({ fault: { code, personal } }: StepFault): Finding => {
  if (!isCode(code)) throw new Error(`no code ${code}`)
  // a fault's parameters are those of its code
  return { code, params: personal.params, tech: personal.tech } as Finding
}
