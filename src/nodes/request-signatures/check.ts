import * as E from 'fp-ts/Either'
import type { Draft } from '../../domain/exact'
import { foreseen, pointingAt } from '../texts/foreseen'
import { addressOf } from '../email/address'
import { checkText } from '../email/check'
import type { Facts, Finding } from '../contract'
import { expirationDays, type SignatureConfig, type Signer } from './config'

type Config = Draft<SignatureConfig>
type Findings = ReadonlyArray<Finding>

export const providerNotConfigured = (tech: string): Finding => ({
  code: 'signature.provider_not_configured',
  params: {},
  tech,
  pointers: ['/connection_id'],
})

export const signersMissing: Finding = {
  code: 'signature.signers_missing',
  params: {},
  tech: 'recipients is empty',
  pointers: ['/recipients'],
}

const signerInvalid = (index: number, fields: ReadonlyArray<string>, tech: string): Finding => ({
  code: 'signature.signer_invalid',
  params: { position: index + 1, fields: fields.join(', ') },
  tech,
  pointers: fields.map((field) => `/recipients/${index}/${field}`),
})

const needed = ['name', 'email'] as const

const incompleteSigner = (signer: Signer, index: number): Findings => {
  const absent = needed.filter((field) => signer[field] === undefined)
  return absent.length === 0 ? [] : [signerInvalid(index, absent, `${absent.join(', ')} is missing`)]
}

const expiration = ({ expiration_days = expirationDays.usual }: Config): Findings => {
  const { min, max } = expirationDays
  return expiration_days >= min && expiration_days <= max
    ? []
    : [
        {
          code: 'signature.expiration_invalid',
          params: { min, max },
          tech: `expiration_days is ${expiration_days}`,
          pointers: ['/expiration_days'],
        },
      ]
}

/** What a source of documents needs to be told. */
const source = ({ document_source, document_node, document_id }: Config, label: string): Findings => {
  const field =
    document_source === 'specific_node' && document_node === undefined
      ? 'document_node'
      : document_source === 'specific_document' && document_id === undefined
        ? 'document_id'
        : undefined
  return field === undefined
    ? []
    : [
        {
          code: 'data.node_not_configured',
          params: { label, fields: field },
          tech: `${field} is missing`,
          pointers: [`/${field}`],
        },
      ]
}

/** No provider of signatures exists in this version: whatever the connection, there is none. */
export const incomplete = (config: Config, label: string): Findings => [
  ...(config.connection_id === undefined ? [] : [providerNotConfigured('this version has no provider of signatures')]),
  ...(config.recipients?.length === 0 ? [signersMissing] : []),
  ...(config.recipients ?? []).flatMap(incompleteSigner),
  ...expiration(config),
  ...source(config, label),
]

type Known = { readonly findings: Findings; readonly address: string | undefined }

/** What the data make of a signer. */
const known =
  (facts: Facts) =>
  ({ name = 'x', email }: Signer, index: number): Known => {
    const said = foreseen(name, facts, 'recipients')
    const blank = E.isRight(said) && said.right?.trim() === ''
    const findings = [
      ...(E.isLeft(said) ? said.left.map(pointingAt(`/recipients/${index}/name`)) : []),
      ...(blank ? [signerInvalid(index, ['name'], 'name is blank')] : []),
    ]
    if (email === undefined) return { findings, address: undefined }
    const text = foreseen(email, facts, 'recipients')
    if (E.isLeft(text))
      return {
        findings: [...findings, ...text.left.map(pointingAt(`/recipients/${index}/email`))],
        address: undefined,
      }
    if (text.right === undefined) return { findings, address: undefined }
    const address = addressOf(text.right.trim())
    return E.isRight(address)
      ? { findings, address: address.right.toLowerCase() }
      : { findings: [...findings, signerInvalid(index, ['email'], `email ${address.left}`)], address: undefined }
  }

const duplicates = (signers: ReadonlyArray<Known>): Findings =>
  signers.flatMap(({ address }, index) =>
    address !== undefined && signers.findIndex((other) => other.address === address) < index
      ? [
          {
            code: 'signature.duplicate_signer' as const,
            params: { position: index + 1, email: address },
            tech: 'the same address as a signer before',
            pointers: [`/recipients/${index}/email`],
          },
        ]
      : [],
  )

const document = (
  { document_source = 'previous_node', document_node }: Config,
  { documentsBefore, label }: Facts,
): Findings => {
  const isThere =
    document_source === 'specific_document' ||
    (document_source === 'specific_node'
      ? document_node === undefined || documentsBefore.some(({ position }) => position === document_node)
      : documentsBefore.length > 0)
  return isThere
    ? []
    : [
        {
          code: 'signature.no_document_before',
          params: { label },
          tech: 'no document step before this one is meant',
          pointers: ['/document_source'],
        },
      ]
}

export const check = (config: Config, facts: Facts): Findings => {
  const signers = (config.recipients ?? []).map(known(facts))
  return [
    ...signers.flatMap(({ findings }) => findings),
    ...duplicates(signers),
    ...checkText(config.message, facts, 'message'),
    ...document(config, facts),
  ]
}
