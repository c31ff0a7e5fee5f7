import { redacted, withoutQuotes } from '../../domain/redaction'
import { isAddressNotAllowed } from '../outgoing/address'
import { stepFault } from '../steps/faults'
import type { EffectFault, StepFault } from '../steps/step-run'
import type { Message } from './message'
import { type SmtpAnswer, smtpAnswer } from './smtp-answer'
import type { SmtpFailure } from './smtp-send'
import type { SmtpTarget } from './smtp-session'

export const megabytes = (bytes: number): string => `${Math.floor((10 * bytes) / 1_048_576) / 10} MB`

const isDefinite = ({ responseCode }: SmtpAnswer): boolean => responseCode >= 400 && responseCode < 600

const refusedForGood = (answer: SmtpAnswer, limit: number | undefined, tech: string): StepFault => {
  if (answer.code === 'EAUTH') return stepFault('delivery.smtp_auth_failed', {}, tech)
  if (answer.responseCode === 552 || answer.responseCode === 523)
    return stepFault('delivery.attachment_too_large', { limit: limit === undefined ? '?' : megabytes(limit) }, tech)
  return answer.command === 'RCPT TO' && answer.recipients.length > 0
    ? stepFault('delivery.recipient_rejected', { email: answer.recipients.join(', ') }, tech)
    : stepFault('delivery.message_refused', {}, tech)
}

/** A certificate that is not to be trusted, or no TLS where it is needed. */
const notSecure = /^(?:CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|ERR_TLS_|ERR_SSL_|EPROTO$)/

const withoutAnswer = (
  { code, cause, command }: SmtpAnswer,
  host: string,
  limit: number | undefined,
  tech: string,
): StepFault => {
  if (code === 'ETLS' || notSecure.test(cause)) return stepFault('delivery.smtp_not_secure', { host }, tech)
  if (code === 'EAUTH') return stepFault('delivery.smtp_auth_failed', {}, tech)
  if (code === 'EMESSAGE' && command === 'MAIL FROM' && limit !== undefined)
    return stepFault('delivery.attachment_too_large', { limit: megabytes(limit) }, tech)
  return stepFault('delivery.smtp_unreachable', {}, tech, true)
}

/** 4xx and lost connections may go better later, 5xx not (RFC 5321 4.2.1). `letter`: what the server may quote from. */
export const faultOfSmtp = (
  { config, secret }: SmtpTarget,
  { error, limit }: Omit<SmtpFailure, 'begun'>,
  letter = '',
): StepFault => {
  const answer = smtpAnswer(error)
  const words = `${answer.code} ${answer.command} ${withoutQuotes(answer.message, letter)}`.trim()
  const tech = redacted(words, secret === undefined ? [] : [secret.password, secret.user])
  if (isAddressNotAllowed(error)) return stepFault('permissions.address_not_allowed', { host: config.host }, tech)
  if (!isDefinite(answer)) return withoutAnswer(answer, config.host, limit, tech)
  if (answer.responseCode >= 500) return refusedForGood(answer, limit, tech)
  return answer.responseCode === 421
    ? stepFault('delivery.smtp_unreachable', {}, tech, true)
    : stepFault('rate_limited', { provider: config.host }, tech, true)
}

/** What a letter says, its markup apart. */
export const quotable = ({ subject, body, plain = '' }: Message): string =>
  [subject, body.replace(/<[^>]{0,1000}>/g, ' '), plain].join('\n')

/** Without a definite answer, a message whose text had begun to go out may have arrived. */
export const effectFaultOfSmtp =
  (target: SmtpTarget, letter = '') =>
  (failure: SmtpFailure): EffectFault => ({
    _tag: 'EffectFault',
    happened: failure.begun && !isDefinite(smtpAnswer(failure.error)) ? 'unknown' : 'no',
    fault: faultOfSmtp(target, failure, letter),
  })
