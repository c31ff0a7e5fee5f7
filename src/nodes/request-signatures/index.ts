import * as E from 'fp-ts/Either'
import * as TE from 'fp-ts/TaskEither'
import type { NodeType } from '../contract'
import { faultOfFinding } from '../steps/faults'
import { check, incomplete, providerNotConfigured, signersMissing } from './check'
import { SignatureConfig } from './config'

const noProvider = faultOfFinding(providerNotConfigured('this version has no provider of signatures'))

/** People are asked to sign a document. It can be drawn and checked; it is not activated before there is a provider. */
export const requestSignatures: NodeType<SignatureConfig> = {
  node_type: 'request-signatures',
  aliases: ['signature', 'clicksign', 'zapsign'],
  // reaches outside, as a delivery does
  kind: 'delivery',
  phase: 'signature',
  attempts: 1,
  timeoutMs: 120_000,
  config: SignatureConfig,
  missing: {
    connection_id: () => providerNotConfigured('connection_id is missing'),
    recipients: () => signersMissing,
  },
  incomplete,
  needs: () => ({ templates: [], connections: [] }),
  check,
  fill: () => E.left(noProvider),
  input: () => E.left(noProvider),
  execute: () => TE.left(noProvider),
}
