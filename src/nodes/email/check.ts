import * as E from 'fp-ts/Either'
import { checkConnection } from '../connection-check'
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

const recipients = (config: EmailConfig, facts: Facts): ReadonlyArray<Finding> => {
  const to = config.to.map(recipient(facts, 'to'))
  const copies = [...(config.cc ?? []).map(recipient(facts, 'cc')), ...(config.bcc ?? []).map(recipient(facts, 'bcc'))]
  const nobody = to.every(({ empty }) => empty)
  return [
    ...(nobody ? [{ code: 'delivery.recipient_missing' as const, params: {}, tech: 'to is empty' }] : []),
    ...[...to, ...copies].flatMap(({ findings }) => findings),
  ]
}

const texts = (config: EmailConfig, facts: Facts): ReadonlyArray<Finding> =>
  (['subject_template', 'body_template'] as const).flatMap((field) => {
    const text = foreseen(config[field] ?? '', facts, field)
    return E.isLeft(text) ? text.left : []
  })

export const checkAttachments = (
  wanted: ReadonlyArray<Wanted>,
  { documentsBefore, label }: Facts,
  field: string,
): ReadonlyArray<Finding> =>
  wanted
    .filter((one) => (one === 'previous' ? documentsBefore.length === 0 : !documentsBefore.includes(one)))
    .map((one) => findingOfReference(label, field)({ _tag: 'MissingValue', path: nameOfAttachment(one) }))

export const check = (config: EmailConfig, facts: Facts): ReadonlyArray<Finding> => [
  ...checkConnection(config.connection_id, 'smtp', facts),
  ...recipients(config, facts),
  ...texts(config, facts),
  ...checkAttachments(config.attachments ?? [], facts, 'attachments'),
]
