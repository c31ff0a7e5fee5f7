import { createHash } from 'node:crypto'
import PizZip from 'pizzip'
import { inspect } from '../../../../src/nodes/uploaded-document/docx/inspect'
import { type Extra, officeFile } from './office-files'
import { danglingReferences, packageFaults } from './opc-faults'
import { faultOf, valueOf } from './results'
import { malformedParts } from './well-formed'

export const references = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

export const shaOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

export const soundness = (docx: Uint8Array) => [
  ...packageFaults(docx),
  ...danglingReferences(docx),
  ...malformedParts(docx),
]

export const cleaned = async (...extras: ReadonlyArray<Extra>) => {
  const upload = await officeFile(extras)
  const { cleaned: result, ...inspection } = valueOf(inspect(upload))
  if (result === undefined) throw new Error('nothing was cleaned')
  const zip = new PizZip(result.bytes)
  return { ...result, upload, inspection, zip, names: Object.keys(zip.files).sort() }
}

export const namesOf = async (...extras: ReadonlyArray<Extra>) =>
  Object.keys(new PizZip(await officeFile(extras)).files).sort()

export const refused = async (...extras: ReadonlyArray<Extra>) =>
  faultOf(inspect(await officeFile(extras))).findings.map(({ params }) => params['feature'])
