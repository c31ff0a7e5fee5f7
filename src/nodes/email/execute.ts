import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import { v5 as uuidv5 } from 'uuid'
import type { EffectKey, GeneratedDocument, Receipt } from '../../domain/execution/receipts'
import { connectedTo } from '../connections/connected'
import { smtp } from '../connections/smtp'
import { bytesOf } from '../steps/document-bytes'
import type { Prepared } from '../contract'
import { stepFault } from '../steps/faults'
import type { EffectFault, StepFault, StepResult, StepRun, StepStop, Unavailable } from '../steps/step-run'
import { documentsFor } from './attachments'
import { compose, type File } from './compose'
import type { EmailConfig } from './config'
import { envelopeOf, type Message, mostBytes } from './message'
import { senderOf } from './sender'
import { effectFaultOfSmtp, megabytes, quotable } from './smtp-fault'
import { sendBySmtp } from './smtp-send'
import { smtpTimes, type SmtpTarget } from './smtp-session'

type Letter = {
  readonly message: Message
  readonly documents: ReadonlyArray<GeneratedDocument>
  readonly target: SmtpTarget
}

/** The same for every attempt at a step, so that a repeat can be recognised. */
export const messageIdOf = ({ executionId, step }: Pick<StepRun, 'executionId' | 'step'>): string =>
  `<${uuidv5(`email ${step.step_id}`, executionId)}@docg>`

const fileOf =
  (run: StepRun) =>
  (document: GeneratedDocument): TE.TaskEither<StepFault | Unavailable, File> =>
    pipe(
      bytesOf(run, document),
      TE.map((bytes) => ({ name: document.personal.file_name, contentType: document.content_type, bytes })),
    )

const sizeOf = ({ message, documents }: Letter): number =>
  documents.reduce((sum, { size }) => sum + size, Buffer.byteLength(message.body))

const isSendable = (letter: Letter): E.Either<StepFault, void> => {
  const size = sizeOf(letter)
  return size <= mostBytes
    ? E.right(undefined)
    : E.left(
        stepFault(
          'delivery.attachment_too_large',
          { limit: megabytes(mostBytes) },
          `${size} bytes of body and attachments; a message takes ${mostBytes}`,
        ),
      )
}

const written = (run: StepRun, letter: Letter): TE.TaskEither<StepFault | Unavailable, Buffer> =>
  pipe(
    TE.fromEither(isSendable(letter)),
    TE.chainW(() => pipe(letter.documents, TE.traverseSeqArray(fileOf(run)))),
    TE.chainW((files) =>
      TE.tryCatch(
        () => compose(senderOf(letter.target), messageIdOf(run), letter.message, files, new Date()),
        (error) => stepFault('internal_error', { label: run.step.label }, String(error)),
      ),
    ),
  )

const nothing = Buffer.alloc(0)

/** The message's bytes; none when it was sent before. */
const composed = (
  run: StepRun,
  letter: Letter,
  effect_key: EffectKey,
): TE.TaskEither<StepFault | Unavailable, Buffer> =>
  run.effect(effect_key)?.status === 'done' ? TE.right(nothing) : written(run, letter)

const send = (
  run: StepRun,
  letter: Letter,
  bytes: Buffer,
  effect_key: EffectKey,
): TE.TaskEither<EffectFault, Receipt> => {
  const to = envelopeOf(letter.message)
  return pipe(
    sendBySmtp(run.smtp, letter.target, { from: senderOf(letter.target).address, to }, bytes),
    TE.bimap(effectFaultOfSmtp(letter.target, quotable(letter.message)), ({ rejected }): Receipt => ({
      type: 'DocumentSent',
      data: {
        effect_key,
        step_id: run.step.step_id,
        message_id: messageIdOf(run),
        document_ids: letter.documents.map(({ document_id }) => document_id),
        personal: {
          recipients: to.filter((address) => !rejected.includes(address)),
          rejected,
          subject: letter.message.subject,
        },
      },
    })),
  )
}

const resultOf =
  (run: StepRun, { message }: Letter) =>
  (receipt: Receipt | undefined): StepResult => {
    const known = receipt?.type === 'DocumentSent' ? receipt.data.personal : undefined
    const recipients = known?.recipients ?? envelopeOf(message)
    const rejected = known?.rejected ?? []
    return {
      output: {
        success: true,
        message_id: messageIdOf(run),
        accepted_count: recipients.length,
        rejected_count: rejected.length,
        ...(known === undefined ? { assumed: true } : {}),
      },
      personal: { recipients, rejected, subject: known?.subject ?? message.subject },
    }
  }

/**
 * One message to all recipients: one effect, which is not repeated when its outcome is unknown. What could keep it from being sent is
 * done before it is meant.
 */
export const execute = (config: EmailConfig, run: StepRun & Prepared<Message>): TE.TaskEither<StepStop, StepResult> =>
  pipe(
    TE.Do,
    TE.let('message', () => run.filled),
    TE.bind('documents', () => TE.fromEither(documentsFor(run, 'attachments')(config.attachments ?? []))),
    TE.bindW('target', () =>
      pipe(
        connectedTo(run, config.connection_id, smtp),
        TE.map((connected): SmtpTarget => ({ ...connected, policy: run.outgoing, times: smtpTimes })),
      ),
    ),
    TE.chainW((letter): TE.TaskEither<StepStop, StepResult> => {
      const effect_key = run.effectKey('email')
      return pipe(
        composed(run, letter, effect_key),
        TE.chainW((bytes) =>
          run.once({ effect_key, kind: 'email', repeatable: false }, send(run, letter, bytes, effect_key)),
        ),
        TE.map(resultOf(run, letter)),
      )
    }),
  )
