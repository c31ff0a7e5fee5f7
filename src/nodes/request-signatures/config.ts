import type * as t from 'io-ts'
import { exactObject, listOf, oneOf, text, wholeNumber } from '../../domain/exact'
import { ConnectionId, DocumentId } from '../../domain/ids'
import { templateText } from '../texts/references'

/** What it lacks is told by the checks, signer by signer. */
const Signer = exactObject(
  'Signer',
  {},
  {
    name: templateText(200),
    email: templateText(500),
    role: text(50),
    /** Those of a lower number sign before; without numbers all at once. */
    order: wholeNumber(1, 100),
  },
)
export type Signer = t.TypeOf<typeof Signer>

export const SignatureConfig = exactObject(
  'SignatureConfig',
  { connection_id: ConnectionId, recipients: listOf(Signer, 50) },
  {
    provider: text(50),
    message: templateText(10_000, { min: 0, lines: true }),
    expiration_days: wholeNumber(-100_000, 100_000),
    document_source: oneOf('previous_node', 'specific_node', 'specific_document'),
    /** Position of the document step, for `specific_node`. */
    document_node: wholeNumber(2, 50),
    /** For `specific_document`. */
    document_id: DocumentId,
  },
)
export type SignatureConfig = t.TypeOf<typeof SignatureConfig>

/** Days in which everybody has to have signed. */
export const expirationDays = { min: 1, max: 90, usual: 7 } as const
