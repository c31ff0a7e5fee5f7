import * as E from 'fp-ts/Either'
import type { GeneratedDocument } from '../../domain/execution/receipts'
import { findingOfReference, faultOfFinding } from '../steps/faults'
import type { StepFault, StepRun } from '../steps/step-run'
import type { EmailConfig } from './config'

export type Wanted = NonNullable<EmailConfig['attachments']>[number]

type Given = Pick<StepRun, 'documents' | 'references' | 'step'>

const find = ({ documents, references }: Given, wanted: Wanted): GeneratedDocument | undefined => {
  if (wanted === 'previous') return documents.at(-1)
  const id = references.step[String(wanted)]?.['document_id']
  return documents.find(({ document_id }) => document_id === id)
}

export const nameOfAttachment = (wanted: Wanted): string =>
  wanted === 'previous' ? 'step.previous.document_id' : `step.${wanted}.document_id`

/** The documents that a step sends or saves, each once. */
export const documentsFor =
  (given: Given, field: string) =>
  (all: ReadonlyArray<Wanted>): E.Either<StepFault, ReadonlyArray<GeneratedDocument>> => {
    const missing = all.find((wanted) => find(given, wanted) === undefined)
    if (missing !== undefined) {
      const path = nameOfAttachment(missing)
      return E.left(faultOfFinding(findingOfReference(given.step.label, field)({ _tag: 'MissingValue', path })))
    }
    const found = all.flatMap((wanted) => find(given, wanted) ?? [])
    return E.right([...new Map(found.map((document) => [document.document_id, document])).values()])
  }
