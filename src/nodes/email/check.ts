import * as E from 'fp-ts/Either'
import { checkConnection } from '../connections/check'
import { smtp } from '../connections/smtp'
import { foreseen } from '../checking'
import type { Facts, Finding } from '../node-type'
import { findingOfReference } from '../step-faults'
import { addressOf } from './address'
import { nameOfAttachment, type Wanted } from './attachments'
import type { EmailConfig } from './config'
import { oneLine } from './message'

type Seen = { readonly findings: ReadonlyArray<Finding>; readonly empty: boolean }

const invalid = (email: string, tech: string): Finding => ({
  code: 'delivery.recipient_invalid',
  params: { email: oneLine(email).slice(0, 254) },
  tech,
})

const recipient =
  (facts: Facts, field: string) =>
  (template: string): Seen => {
    const text = foreseen(template, facts, field)
    if (E.isLeft(text)) return { findings: text.left, empty: false }
    const known = text.right?.trim()
    if (known === undefined || known === '') return { findings: [], empty: known === '' }
    const address = addressOf(known)
    return { findings: E.isLeft(address) ? [invalid(known, `${field} ${address.left}`)] : [], empty: false }
  }

/** Addresses of which at least one must be there. */
export const checkRecipients = (
  templates: ReadonlyArray<string>,
  facts: Facts,
  field: string,
): ReadonlyArray<Finding> => {
  const seen = templates.map(recipient(facts, field))
  return [
    ...(seen.every(({ empty }) => empty)
      ? [{ code: 'delivery.recipient_missing' as const, params: {}, tech: `${field} is empty` }]
      : []),
    ...seen.flatMap(({ findings }) => findings),
  ]
}

const copies = (config: EmailConfig, facts: Facts): ReadonlyArray<Finding> =>
  (['cc', 'bcc'] as const).flatMap((field) =>
    (config[field] ?? []).map(recipient(facts, field)).flatMap(({ findings }) => findings),
  )

export const checkText = (template: string | undefined, facts: Facts, field: string): ReadonlyArray<Finding> => {
  const text = foreseen(template ?? '', facts, field)
  return E.isLeft(text) ? text.left : []
}

export const checkAttachments = (
  wanted: ReadonlyArray<Wanted>,
  { documentsBefore, label }: Facts,
  field: string,
): ReadonlyArray<Finding> =>
  wanted
    .filter((one) => (one === 'previous' ? documentsBefore.length === 0 : !documentsBefore.includes(one)))
    .map((one) => findingOfReference(label, field)({ _tag: 'MissingValue', path: nameOfAttachment(one) }))

export const check = (config: EmailConfig, facts: Facts): ReadonlyArray<Finding> => [
  ...checkConnection(config.connection_id, smtp, facts),
  ...checkRecipients(config.to, facts, 'to'),
  ...copies(config, facts),
  ...checkText(config.subject_template, facts, 'subject_template'),
  ...checkText(config.body_template, facts, 'body_template'),
  ...checkAttachments(config.attachments ?? [], facts, 'attachments'),
]
