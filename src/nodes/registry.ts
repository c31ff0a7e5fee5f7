import { type AnyNodeType, anyNodeType } from './any-node-type'
import { email } from './email'
import { hubSpot } from './hubspot'
import { manual } from './manual'
import { requestSignatures } from './request-signatures'
import { reviewDocuments } from './review-documents'
import { storage } from './storage'
import { uploadedDocument } from './uploaded-document'
import { webhook } from './webhook'

export const nodeTypes: ReadonlyArray<AnyNodeType> = [
  anyNodeType(manual),
  anyNodeType(webhook),
  anyNodeType(hubSpot),
  anyNodeType(uploadedDocument),
  anyNodeType(reviewDocuments),
  anyNodeType(email),
  anyNodeType(storage),
  anyNodeType(requestSignatures),
]

/** By its name or an alias. */
export const nodeTypeOf = (name: string): AnyNodeType | undefined =>
  nodeTypes.find(({ node_type, aliases }) => node_type === name || aliases.includes(name))
