import type * as t from 'io-ts'
import { exactObject, listOf, numberFrom, truth } from '../../domain/exact'
import { templateText } from '../texts/references'

export const ReviewConfig = exactObject(
  'ReviewConfig',
  { approver_emails: listOf(templateText(500), 20) },
  {
    message_template: templateText(10_000, { min: 0, lines: true }),
    timeout_hours: numberFrom(0.01, 8_760),
    auto_approve_on_timeout: truth,
  },
)
export type ReviewConfig = t.TypeOf<typeof ReviewConfig>

export const usualHours = 48
