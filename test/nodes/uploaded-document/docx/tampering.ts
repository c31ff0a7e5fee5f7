import { crc32, deflateRawSync } from 'node:zlib'
import PizZip from 'pizzip'
import { templateDocx } from '../../../support/docx'

/** A file of a hand-made archive; what is not given is written truthfully. */
export interface ZipFile {
  readonly name: string
  readonly bytes: Uint8Array
  readonly declaredSize?: number
  readonly declaredCrc?: number
  readonly flags?: number
  readonly localName?: string
  readonly sharesDataOf?: number
  /** Bytes that the packed data claims beyond its end. */
  readonly overlong?: number
}

const header = (fields: ReadonlyArray<readonly [2 | 4, number]>): Buffer =>
  Buffer.concat(
    fields.map(([width, value]) => {
      const field = Buffer.alloc(width)
      field.writeUIntLE(value, 0, width)
      return field
    }),
  )

export const zipOf = (files: ReadonlyArray<ZipFile>, comment = ''): Buffer => {
  const locals: Array<Buffer> = []
  const central: Array<Buffer> = []
  const offsets: Array<number> = []
  let at = 0
  for (const file of files) {
    const packed = deflateRawSync(file.bytes, { level: 9 })
    const name = Buffer.from(file.name)
    const localName = Buffer.from(file.localName ?? file.name)
    const crc = file.declaredCrc ?? crc32(file.bytes)
    const size = file.declaredSize ?? file.bytes.length
    const facts = [
      [4, crc],
      [4, packed.length + (file.overlong ?? 0)],
      [4, size],
    ] as const
    offsets.push(file.sharesDataOf === undefined ? at : offsets[file.sharesDataOf]!)
    const local = [
      header([[4, 0x04034b50], [2, 20], [2, file.flags ?? 0], [2, 8], [4, 0], ...facts, [2, localName.length], [2, 0]]),
      localName,
      packed,
    ]
    if (file.sharesDataOf === undefined) {
      locals.push(...local)
      at += Buffer.concat(local).length
    }
    central.push(
      header([[4, 0x02014b50], [2, 20], [2, 20], [2, file.flags ?? 0], [2, 8], [4, 0], ...facts]),
      header([
        [2, name.length],
        [2, 0],
        [2, 0],
        [2, 0],
        [2, 0],
        [4, 0],
        [4, offsets.at(-1)!],
      ]),
      name,
    )
  }
  const directory = Buffer.concat(central)
  const end = [
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, files.length],
    [2, files.length],
    [4, directory.length],
  ] as const
  return Buffer.concat([...locals, directory, header([...end, [4, at], [2, comment.length]]), Buffer.from(comment)])
}

export const filesOf = (docx: Uint8Array): ReadonlyArray<ZipFile> => {
  const zip = new PizZip(docx)
  return Object.keys(zip.files)
    .filter((name) => !zip.files[name]!.dir)
    .map((name) => ({ name, bytes: zip.files[name]!.asUint8Array() }))
}

/** A good template with one file more, or another in the place of one. */
export const withFile = async (name: string, content: string | Uint8Array, template?: Uint8Array): Promise<Buffer> => {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  const files = filesOf(template ?? (await templateDocx('Dear {{name}}')))
  return zipOf([...files.filter((file) => file.name !== name), { name, bytes }])
}

/** A good template with a change in the markup of one of its files. */
export const edited = async (name: string, change: (xml: string) => string, template?: Uint8Array): Promise<Buffer> => {
  const docx = template ?? (await templateDocx('Dear {{name}}'))
  return withFile(name, change(new PizZip(docx).file(name)!.asText()), docx)
}

const relationshipsPart = 'word/_rels/document.xml.rels'

export const withRelationship = (attributes: string): Promise<Buffer> =>
  edited(relationshipsPart, (xml) =>
    xml.replace('</Relationships>', `<Relationship Id="rIdX" ${attributes}/></Relationships>`),
  )
