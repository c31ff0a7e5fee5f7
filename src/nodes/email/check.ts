import * as E from 'fp-ts/Either'
import type { Draft } from '../../domain/exact'
import { foreseen, pointingAt } from '../texts/foreseen'
import { checkConnection } from '../connections/check'
import { smtp } from '../connections/smtp'
import type { Facts, Finding } from '../contract'
import { findingOfReference } from '../steps/faults'
import { addressOf } from './address'
import { nameOfAttachment, type Wanted } from './attachments'
import type { EmailConfig } from './config'
import { mostBytes, oneLine } from './message'
import { megabytes } from './smtp-fault'

type Findings = ReadonlyArray<Finding>
type Seen = { readonly findings: Findings; readonly empty: boolean }

export const recipientMissing = (field: string): Finding => ({
  code: 'delivery.recipient_missing',
  params: {},
  tech: `${field} is empty`,
  pointers: [`/${field}`],
})

const invalid = (email: string, tech: string): Finding => ({
  code: 'delivery.recipient_invalid',
  params: { email: oneLine(email).slice(0, 254) },
  tech,
})

const look = (facts: Facts, field: string, template: string): Seen => {
  const text = foreseen(template, facts, field)
  if (E.isLeft(text)) return { findings: text.left, empty: false }
  const known = text.right?.trim()
  if (known === undefined || known === '') return { findings: [], empty: known === '' }
  const address = addressOf(known)
  return { findings: E.isLeft(address) ? [invalid(known, `${field} ${address.left}`)] : [], empty: false }
}

const recipient =
  (facts: Facts, field: string) =>
  (template: string, index: number): Seen => {
    const { findings, empty } = look(facts, field, template)
    return { findings: findings.map(pointingAt(`/${field}/${index}`)), empty }
  }

/** Addresses of which at least one must be there with these data; that none is drawn is told elsewhere. */
export const checkRecipients = (templates: ReadonlyArray<string>, facts: Facts, field: string): Findings => {
  const seen = templates.map(recipient(facts, field))
  const nobody = seen.length > 0 && seen.every(({ empty }) => empty)
  return [...(nobody ? [recipientMissing(field)] : []), ...seen.flatMap(({ findings }) => findings)]
}

const copies = (config: Draft<EmailConfig>, facts: Facts): Findings =>
  (['cc', 'bcc'] as const).flatMap((field) =>
    (config[field] ?? []).map(recipient(facts, field)).flatMap(({ findings }) => findings),
  )

export const checkText = (template: string | undefined, facts: Facts, field: string): Findings => {
  const text = foreseen(template ?? '', facts, field)
  return E.isLeft(text) ? text.left.map(pointingAt(`/${field}`)) : []
}

const attached = ({ documentsBefore }: Facts, wanted: Wanted) =>
  wanted === 'previous' ? documentsBefore.at(-1) : documentsBefore.find(({ position }) => position === wanted)

/** `field` is the part of the configuration that asks for them. */
export const checkAttachments = (wanted: ReadonlyArray<Wanted>, facts: Facts, field: string): Findings =>
  wanted
    .filter((one) => attached(facts, one) === undefined)
    .map((one) => findingOfReference(facts.label, field)({ _tag: 'MissingValue', path: nameOfAttachment(one) }))

/** A document is about as large as its template, with what it is filled with on top. */
const checkSize = (wanted: ReadonlyArray<Wanted>, facts: Facts): Findings => {
  const files = new Set(wanted.map((one) => attached(facts, one)))
  const bytes = [...files].reduce((sum, file) => sum + (file?.bytes ?? 0), 0)
  return bytes <= mostBytes
    ? []
    : [
        {
          code: 'delivery.attachment_too_large',
          params: { limit: megabytes(mostBytes) },
          tech: `${bytes} bytes of templates; a message takes ${mostBytes}`,
        },
      ]
}

export const check = (config: Draft<EmailConfig>, facts: Facts): Findings => [
  ...checkConnection(config.connection_id, smtp, facts),
  ...checkRecipients(config.to ?? [], facts, 'to'),
  ...copies(config, facts),
  ...checkText(config.subject_template, facts, 'subject_template'),
  ...checkText(config.body_template, facts, 'body_template'),
  ...[
    ...checkAttachments(config.attachments ?? [], facts, 'attachments'),
    ...checkSize(config.attachments ?? [], facts),
  ].map(pointingAt('/attachments')),
]
