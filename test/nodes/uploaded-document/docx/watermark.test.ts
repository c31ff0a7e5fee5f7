import { expect } from 'chai'
import { Document, Footer, Header, Packer, PageBreak, Paragraph } from 'docx'
import PizZip from 'pizzip'
import { contractTemplate, triggerData } from '../../../../src/embedded/demo/contract-template'
import { docxEngine } from '../../../../src/nodes/uploaded-document/docx'
import { inspect } from '../../../../src/nodes/uploaded-document/docx/inspect'
import { render } from '../../../../src/nodes/uploaded-document/docx/render'
import { docxMargins, docxText, templateDocx, templateDocxOf } from '../../../support/docx'
import { packageFaults, targetsOf } from './opc-faults'
import { valueOf } from './results'
import { edited, filesOf, withFile, zipOf } from './tampering'
import { malformation, malformedParts } from './well-formed'

const watermark = { text: 'DRY RUN', mark: 'run-1' }

const marked = (template: Uint8Array, data = {}, mark = watermark) => valueOf(render(template, data, mark)).bytes

const head = (text: string) => new Header({ children: [new Paragraph(text)] })

const manySections = async (): Promise<Uint8Array> =>
  new Uint8Array(
    await Packer.toBuffer(
      new Document({
        evenAndOddHeaderAndFooters: true,
        customProperties: [{ name: 'client', value: 'Ana' }],
        sections: [
          {
            properties: { titlePage: true },
            headers: { default: head('usual {{a}}'), first: head('first {{a}}') },
            footers: { default: new Footer({ children: [new Paragraph('foot')] }) },
            children: [new Paragraph({ children: [new PageBreak()] })],
          },
          { headers: { even: head('even of two') }, children: [new Paragraph('two')] },
          { properties: { titlePage: true }, children: [new Paragraph('three')] },
        ],
      }),
    ),
  )

const headerType = 'application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml'

const expectHeadersDeclared = (docx: Uint8Array) => {
  const zip = new PizZip(docx)
  const overrides = zip
    .file('[Content_Types].xml')!
    .asText()
    .match(/<Override [^>]*>/g)!
  for (const name of targetsOf(zip, 'word/document.xml', '/header').values())
    expect(overrides.find((tag) => tag.includes(`PartName="/${name}"`))).to.include(headerType)
}

type Headers = Readonly<Record<string, string>>

/** For each section the headers that it names itself, by type, as XML. */
const headersOf = (docx: Uint8Array): ReadonlyArray<Headers> => {
  const zip = new PizZip(docx)
  const targets = targetsOf(zip, 'word/document.xml', '/header')
  const xml = zip.file('word/document.xml')!.asText()
  return [...xml.matchAll(/<w:sectPr[ >][\s\S]*?<\/w:sectPr>/g)].map(([section]) =>
    Object.fromEntries(
      [...section.matchAll(/<w:headerReference [^>]*>/g)].map(([reference]) => [
        /w:type="(\w+)"/.exec(reference)![1]!,
        zip.file(targets.get(/r:id="(\w+)"/.exec(reference)![1]!)!)!.asText(),
      ]),
    ),
  )
}

const shapesIn = (xml: string) =>
  [...xml.matchAll(/<v:textpath style="[^"]*" string="([^"]*)"/g)].map(([, text]) => text)

const expectMarked = (docx: Uint8Array, sections: number) => {
  expect(malformedParts(docx)).to.deep.equal([])
  expect(packageFaults(docx)).to.deep.equal([])
  expectHeadersDeclared(docx)
  const headers = headersOf(docx)
  expect(headers).to.have.length(sections)
  headers.forEach((types) => {
    expect(Object.keys(types)).to.have.members(['default', 'first', 'even'])
    Object.values(types).forEach((xml) => expect(shapesIn(xml)).to.deep.equal(['DRY RUN']))
  })
  expect(valueOf(inspect(docx)).errors).to.deep.equal([])
}

const propertiesOf = (docx: Uint8Array): string => {
  const zip = new PizZip(docx)
  const [name] = targetsOf(zip, '', '/custom-properties').values()
  return zip.file(name!)!.asText()
}

describe('a watermark', () => {
  it('stands on every page of a document without headers, which is else the same', async () => {
    const data = { ...triggerData, client_name: 'Ana' }
    const docx = marked(contractTemplate(), data)
    expectMarked(docx, 1)
    expect(docxText(docx)).to.equal(docxText(valueOf(render(contractTemplate(), data)).bytes))
    expectMarked(marked(await templateDocx('x')), 1)
  })

  it('stands on first, even and usual pages of every section; what headers hold stays, and is inherited as it was', async () => {
    const docx = marked(await manySections(), { a: 'á' })
    expectMarked(docx, 3)
    const [one, two, three] = headersOf(docx)
    expect(one!['default']).to.include('>usual á<')
    expect(one!['first']).to.include('>first á<')
    expect(two!['default']).to.equal(one!['default'])
    expect(two!['first']).to.equal(one!['first'])
    expect(two!['even']).to.include('>even of two<')
    expect(three).to.deep.equal(two)
    expect(docxMargins(docx)).to.include('foot')
    expect(propertiesOf(docx)).to.include('>Ana<').and.to.include('>run-1<')
  })

  it('stands in each section that a loop repeats', async () => {
    const section = '<w:p><w:pPr><w:sectPr><w:pgSz w:w="8391" w:h="11906"/></w:sectPr></w:pPr></w:p>'
    const template = await edited(
      'word/document.xml',
      (xml) => xml.replace(/(<w:p>(?:(?!<w:p>)[\s\S])*?\{\{\/l\}\})/, `${section}$1`),
      await templateDocx('{{#l}}', 'page {{.}}', '{{/l}}'),
    )
    const docx = marked(template, { l: [1, 2, 3] })
    expectMarked(docx, 4)
    expect(docxText(docx)).to.include('page 3')
  })

  it('leaves alone what a tracked change remembers of a section', async () => {
    const change = '<w:sectPrChange w:id="1" w:author="A"><w:sectPr><w:cols w:space="708"/></w:sectPr></w:sectPrChange>'
    const template = await edited('word/document.xml', (xml) => xml.replace('</w:sectPr>', `${change}</w:sectPr>`))
    const xml = new PizZip(marked(template, { name: 'Ana' })).file('word/document.xml')!.asText()
    expect(malformation(xml)).to.equal(undefined)
    expect(xml).to.include(change)
    expect(xml.match(/<w:headerReference /g)).to.have.length(3)
  })

  it('finds the document by its relationships, whatever it and the prefixes are called', async () => {
    const files = filesOf(await templateDocx('x')).map(({ name, bytes }) => {
      const xml = Buffer.from(bytes).toString()
      if (name === 'word/document.xml')
        return { name: 'word/main2.xml', bytes: Buffer.from(xml.replace(/<w:sectPr[\s\S]*<\/w:sectPr>/, '')) }
      if (name === 'word/_rels/document.xml.rels') return { name: 'word/_rels/main2.xml.rels', bytes }
      return /^(_rels|\[Content)/.test(name)
        ? { name, bytes: Buffer.from(xml.replace('word/document.xml', 'word/main2.xml')) }
        : { name, bytes }
    })
    const docx = marked(zipOf(files))
    expect(packageFaults(docx)).to.deep.equal([])
    expect(malformedParts(docx)).to.deep.equal([])
    const headers = targetsOf(new PizZip(docx), 'word/main2.xml', '/header')
    expect(headers).to.have.lengthOf(3)
  })

  it('shows any text as it is', async () => {
    const docx = marked(await templateDocx('x'), {}, { text: '<"A" & B>\u0000\n{{c}}', mark: '&<' })
    expect(malformedParts(docx)).to.deep.equal([])
    expect(shapesIn(headersOf(docx)[0]!['default']!)).to.deep.equal(['&lt;&quot;A&quot; &amp; B&gt; {{c}}'])
  })

  it('on a document that came out with one before replaces the mark', async () => {
    const again = marked(marked(await templateDocx('x')), {}, { text: 'DRAFT', mark: 'run-2' })
    expect(packageFaults(again)).to.deep.equal([])
    expect(malformedParts(again)).to.deep.equal([])
    expect(propertiesOf(again)).to.include('>run-2<').and.not.to.include('run-1')
  })

  it('of the same text and mark gives the same bytes, of another mark others', async () => {
    const template = await templateDocxOf({ lines: ['{{a}}'], header: 'head' })
    const engine = docxEngine({ threads: 1 })
    try {
      const shaOf = async (mark: string) =>
        valueOf(await engine.renderTemplate(template, { a: 1 }, { watermark: { text: 'DRY RUN', mark } })()).sha256
      const here = valueOf(render(template, { a: 1 }, watermark)).sha256
      expect([await shaOf('run-1'), await shaOf('run-1')]).to.deep.equal([here, here])
      expect(await shaOf('run-2')).not.to.equal(here)
      expect(valueOf(render(template, { a: 1 })).sha256).not.to.equal(here)
    } finally {
      await engine.close()
    }
  })

  it('takes names and ids that the template has left free', async () => {
    const template = await withFile('word/header1.xml', '<a/>')
    const docx = marked(template, { name: 'Ana' })
    expect(new PizZip(docx).file('word/header1.xml')!.asText()).to.equal('<a/>')
    expectMarked(docx, 1)
  })
})
