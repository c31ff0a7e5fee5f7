import Zip from 'pizzip'
import { type Package } from './opc'

// the archive stores local time; the earliest it can hold
const epoch = new Date(1980, 0, 1)

const order: ReadonlyArray<string> = ['[Content_Types].xml', '_rels/.rels', 'word/document.xml']

const rank = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length)

const inOrder = (a: string, b: string): number => rank(a) - rank(b) || (a < b ? -1 : 1)

const alreadyPacked = /\.(png|jpe?g|gif|webp|odttf)$/i

// bytes; setting up the compression of a part costs more than this is worth
const smallPart = 1024

/** The archive's bytes, the same for the same contents: fixed dates, order and compression, no folder entries. */
export const pack = (parts: Package): Uint8Array => {
  const zip = new Zip()
  for (const [name, bytes] of [...parts].sort(([a], [b]) => inOrder(a, b)))
    zip.file(name, bytes, {
      date: epoch,
      compression: alreadyPacked.test(name) || bytes.length <= smallPart ? 'STORE' : 'DEFLATE',
    })
  return zip.generate({ type: 'uint8array', platform: 'DOS', compressionOptions: { level: 6 } })
}
