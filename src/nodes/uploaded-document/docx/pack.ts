import type PizZip from 'pizzip'
import Zip from 'pizzip'

// the archive stores local time; the earliest it can hold
const epoch = new Date(1980, 0, 1)

const order: ReadonlyArray<string> = ['[Content_Types].xml', '_rels/.rels', 'word/document.xml']

const rank = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length)

const inOrder = (a: string, b: string): number => rank(a) - rank(b) || (a < b ? -1 : 1)

const alreadyPacked = /\.(png|jpe?g|gif|webp|odttf)$/i

/** The archive's bytes, the same for the same contents: fixed dates, order and compression, no folder entries. */
export const pack = (filled: PizZip): Uint8Array => {
  const zip = new Zip()
  const names = Object.keys(filled.files).filter((name) => filled.files[name]?.dir === false)
  for (const name of names.sort(inOrder))
    zip.file(name, filled.files[name]?.asUint8Array() ?? new Uint8Array(), {
      date: epoch,
      compression: alreadyPacked.test(name) ? 'STORE' : 'DEFLATE',
    })
  return zip.generate({ type: 'uint8array', platform: 'DOS', compressionOptions: { level: 6 } })
}
