import { checkRecipients, checkText } from '../email/check'
import type { Draft } from '../../domain/exact'
import type { Facts, Finding } from '../contract'
import type { ReviewConfig } from './config'

export const check = (config: Draft<ReviewConfig>, facts: Facts): ReadonlyArray<Finding> => [
  ...(facts.canMail
    ? []
    : [{ code: 'delivery.mailer_missing' as const, params: { label: facts.label }, tech: 'SMTP_URL is not set' }]),
  ...checkRecipients(config.approver_emails ?? [], facts, 'approver_emails'),
  ...checkText(config.message_template, facts, 'message_template'),
]
