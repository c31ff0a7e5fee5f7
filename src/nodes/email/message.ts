import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import type { StepFilling } from '../contract'
import { fillIn } from '../texts/fill-in'
import { faultOfReferences, stepFault } from '../steps/faults'
import type { StepFault } from '../steps/step-run'
import { addressOf } from './address'
import type { EmailConfig } from './config'

export type Message = {
  readonly to: ReadonlyArray<string>
  readonly cc: ReadonlyArray<string>
  readonly bcc: ReadonlyArray<string>
  readonly subject: string
  readonly body: string
  readonly bodyType: 'html' | 'text'
  /** The same without markup, beside a body of HTML. */
  readonly plain?: string
}

/**
 * Bytes of the body and all attachments together: in the mail they grow by a third, larger ones are taken by hardly any provider, and a worker
 * holds several copies of them at once.
 */
export const mostBytes = 25 * 1_048_576

const longestSubject = 500
const longestBody = 1_000_000

const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, '\ufffd')

/** One line, whatever the values hold: a header ends where its line ends. */
export const oneLine = (text: string): string =>
  wellFormed(text)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim()
    .slice(0, longestSubject)

export const cleanBody = (text: string): string =>
  wellFormed(text)
    .replace(/\r\n?/g, '\n')
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '')
    .slice(0, longestBody)

const distinct = (addresses: ReadonlyArray<string>): ReadonlyArray<string> =>
  addresses.filter(
    (address, index) => addresses.findIndex((other) => other.toLowerCase() === address.toLowerCase()) === index,
  )

const filled = (given: StepFilling, field: string, template: string, into: 'text' | 'html') =>
  pipe(fillIn(into)(given)(template), E.mapLeft(faultOfReferences(given.step.label, field)))

const recipient =
  (given: StepFilling, field: string) =>
  (template: string): E.Either<StepFault, ReadonlyArray<string>> =>
    pipe(
      filled(given, field, template, 'text'),
      E.map((text) => text.trim()),
      E.chain((text) => {
        if (text === '') return E.right([])
        const address = addressOf(text)
        return E.isRight(address)
          ? E.right([address.right])
          : E.left(
              stepFault(
                'delivery.recipient_invalid',
                { email: oneLine(text).slice(0, 254) },
                `${field} ${address.left}`,
              ),
            )
      }),
    )

/** Each address once; `field` is the part of the configuration that they stand in. */
export const recipients = (
  given: StepFilling,
  field: string,
  templates: ReadonlyArray<string> = [],
): E.Either<StepFault, ReadonlyArray<string>> =>
  pipe(
    templates,
    E.traverseArray(recipient(given, field)),
    E.map((lists) => distinct(lists.flat())),
  )

/** The message that a configuration stands for. Every value of the run is data: none adds a recipient or a header. */
export const messageOf = (config: EmailConfig, given: StepFilling): E.Either<StepFault, Message> => {
  const bodyType = config.body_type ?? 'text'
  return pipe(
    E.Do,
    E.bind('to', () => recipients(given, 'to', config.to)),
    E.filterOrElse(
      ({ to }) => to.length > 0,
      () => stepFault('delivery.recipient_missing', {}, 'to is empty'),
    ),
    E.bind('cc', () => recipients(given, 'cc', config.cc)),
    E.bind('bcc', () => recipients(given, 'bcc', config.bcc)),
    E.chain((people) =>
      pipe(
        E.Do,
        E.bind('subject', () => filled(given, 'subject_template', config.subject_template, 'text')),
        E.bind('body', () => filled(given, 'body_template', config.body_template ?? '', bodyType)),
        E.map(({ subject, body }) => ({ ...people, subject: oneLine(subject), body: cleanBody(body), bodyType })),
      ),
    ),
  )
}

/** Each address once, in the order to, cc, bcc. */
export const envelopeOf = ({ to, cc, bcc }: Message): ReadonlyArray<string> => distinct([...to, ...cc, ...bcc])
