import { Document, Footer, Header, ImageRun, Packer, Paragraph, Table, TableCell, TableRow, TextRun } from 'docx'
import PizZip from 'pizzip'

/** One paragraph: a string is one run, a list of strings is one run each (as Word splits a tag after an edit). */
type Line = string | ReadonlyArray<string>

export interface TemplateParts {
  readonly lines?: ReadonlyArray<Line>
  /** Rows of cell texts, in one table after the lines. */
  readonly rows?: ReadonlyArray<ReadonlyArray<string>>
  readonly header?: string
  readonly footer?: string
  readonly png?: Uint8Array
}

const paragraph = (line: Line) =>
  new Paragraph({
    children: (typeof line === 'string' ? [line] : line).map(
      (text, n) => new TextRun({ text, smallCaps: n % 2 === 1 }),
    ),
  })

const table = (rows: ReadonlyArray<ReadonlyArray<string>>) =>
  new Table({
    rows: rows.map(
      (cells) =>
        new TableRow({ children: cells.map((text) => new TableCell({ children: [new Paragraph({ text })] })) }),
    ),
  })

const image = (data: Uint8Array) =>
  new Paragraph({
    children: [new ImageRun({ type: 'png', data: Buffer.from(data), transformation: { width: 10, height: 10 } })],
  })

export const templateDocxOf = async (parts: TemplateParts): Promise<Uint8Array> => {
  const bytes = await Packer.toBuffer(
    new Document({
      sections: [
        {
          ...(parts.header === undefined
            ? {}
            : { headers: { default: new Header({ children: [paragraph(parts.header)] }) } }),
          ...(parts.footer === undefined
            ? {}
            : { footers: { default: new Footer({ children: [paragraph(parts.footer)] }) } }),
          children: [
            ...(parts.lines ?? []).map(paragraph),
            ...(parts.rows === undefined ? [] : [table(parts.rows)]),
            ...(parts.png === undefined ? [] : [image(parts.png)]),
          ],
        },
      ],
    }),
  )
  return new Uint8Array(bytes)
}

/** A .docx with one paragraph per line: `templateDocx('Hello {{client.name}}', '{{#items}}', '{{name}}', '{{/items}}')`. */
export const templateDocx = (...lines: ReadonlyArray<Line>): Promise<Uint8Array> => templateDocxOf({ lines })

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

const unescape = (xml: string): string =>
  xml.replace(/&(#x[0-9a-fA-F]+|#\d+|\w+);/g, (whole, name: string) =>
    name.startsWith('#x')
      ? String.fromCodePoint(parseInt(name.slice(2), 16))
      : name.startsWith('#')
        ? String.fromCodePoint(Number(name.slice(1)))
        : (entities[name] ?? whole),
  )

const textOfXml = (xml: string): string =>
  [...xml.matchAll(/<w:t(?: [^>]*)?>([^<]*)<\/w:t>|<w:br(?: [^>]*)?\/>|<w:tab\/>|<\/w:p>/g)]
    .map(([whole, text]) =>
      text !== undefined ? unescape(text) : whole === '</w:p>' ? '\n' : whole === '<w:tab/>' ? '\t' : '\n',
    )
    .join('')
    .replace(/\n$/, '')

/** The visible text of one part, a paragraph or line break per line. */
export const docxText = (bytes: Uint8Array, part = 'word/document.xml'): string => {
  const file = new PizZip(bytes).file(part)
  if (file === null) throw new Error(`the document has no part ${part}`)
  return textOfXml(file.asText())
}

/** The text of all headers and footers. */
export const docxMargins = (bytes: Uint8Array): string =>
  new PizZip(bytes)
    .file(/^word\/(header|footer)\d*\.xml$/)
    .map((file) => textOfXml(file.asText()))
    .join('\n')
