import { expect } from 'chai'
import { locales } from '../../../../src/domain/messages/entry'
import { textOf } from '../../../../src/domain/messages/text'
import { inspect } from '../../../../src/nodes/uploaded-document/docx/inspect'
import { render } from '../../../../src/nodes/uploaded-document/docx/render'
import { docxText } from '../../../support/docx'
import { cleaned, namesOf, references, shaOf, soundness } from './cleaned'
import {
  all,
  attachedTemplate,
  before,
  chart,
  customRibbon,
  defaultType,
  digitalSignature,
  type Extra,
  link,
  linkedChart,
  listOf,
  officeFile,
  override,
  printerSettings,
  put,
  savedAsTemplate,
  svgWithDoctype,
  webExtension,
} from './office-files'
import { valueOf } from './results'

const strict = 'http://purl.oclc.org/ooxml/officeDocument/relationships'

const kinds: ReadonlyArray<readonly [string, Extra]> = [
  ['attached_template', attachedTemplate()],
  ['web_extension', webExtension()],
  ['chart_workbook', chart()],
  ['printer_settings', printerSettings()],
  ['custom_ribbon', customRibbon()],
  ['digital_signature', digitalSignature()],
  ['template_type', savedAsTemplate()],
  ['doctype', svgWithDoctype()],
]

describe('a template of a real office is cleaned', () => {
  kinds.forEach(([feature, extra]) =>
    it(`of ${feature}, and is told so`, async () => {
      const { removed, upload, bytes, original_sha256, inspection } = await cleaned(extra)
      expect(removed).to.deep.equal([feature])
      expect(original_sha256).to.equal(shaOf(upload))
      expect(inspection).to.include({ sha256: shaOf(bytes), size: bytes.length })
      expect(inspection.tags).to.deep.equal([{ path: 'name', loops: [] }])
      expect(soundness(bytes)).to.deep.equal([])
      expect(docxText(valueOf(render(bytes, { name: 'Ana' })).bytes)).to.include('Dear Ana')
    }),
  )

  kinds.forEach(([feature]) =>
    it(`and has words for ${feature} in every language`, () => {
      const texts = locales.map((locale) => textOf('template.content_removed', { feature }, locale))
      expect(new Set(texts).size).to.equal(locales.length)
      texts.forEach((text) => expect(text).to.not.include(feature).and.not.equal('template.content_removed'))
    }),
  )

  it('into the same file each time', async () => {
    const upload = await officeFile([attachedTemplate(), chart()])
    const [one, other] = [valueOf(inspect(upload)), valueOf(inspect(upload))]
    expect(one).to.deep.equal(other)
  })

  it('of the link to the template that it is based on, and of taking styles from whatever template is there', async () => {
    const { zip, names } = await cleaned(attachedTemplate('rId7'))
    const settings = zip.file('word/settings.xml')!.asText()
    expect(settings).to.not.match(/attachedTemplate|linkStyles/)
    expect(settings).to.include('<w:defaultTabStop w:val="720"/>')
    expect(zip.file(listOf('word/settings.xml'))!.asText()).to.not.include('Relationship ')
    expect(names).to.deep.equal(await namesOf(attachedTemplate()))
  })

  it('of the panes of add-ins, whatever belongs to them alone, and its content types', async () => {
    const { zip, names } = await cleaned(webExtension())
    expect(names).to.deep.equal(await namesOf())
    expect(zip.file('[Content_Types].xml')!.asText()).to.not.include('webextension')
    expect(zip.file('_rels/.rels')!.asText()).to.include('word/document.xml').and.not.include('taskpanes')
  })

  it('but keeps what the document shows too', async () => {
    const shown = link('word/document.xml', 'rIdShown', `Type="${references}/image" Target="media/snapshot.png"`)
    const { names } = await cleaned(webExtension(), shown)
    expect(names).to.include('word/media/snapshot.png')
  })

  it('of the workbook behind a chart, which keeps its values', async () => {
    const { zip, names } = await cleaned(chart())
    expect(names).to.deep.equal(
      (await namesOf(chart())).filter((name) => name !== 'word/embeddings/Microsoft_Excel_Worksheet.xlsx'),
    )
    const xml = zip.file('word/charts/chart1.xml')!.asText()
    expect(xml).to.not.include('externalData')
    expect(xml.match(/<c:v>[^<]*<\/c:v>/g)).to.have.length(14)
    expect(xml).to.match(/<c:numCache>.*<c:v>7<\/c:v>.*<\/c:chartSpace>$/s)
    const types = zip.file('[Content_Types].xml')!.asText()
    expect(types).to.include('/word/charts/chart1.xml')
    expect(types).to.not.include('xlsx')
  })

  it('of one workbook behind two charts', async () => {
    const { names } = await cleaned(chart({ n: 1 }), chart({ n: 2 }))
    expect(names.filter((name) => /embeddings/.test(name))).to.deep.equal([])
  })

  it('of a workbook with macros, which goes with them', async () => {
    const { zip } = await cleaned(
      defaultType('xlsm', 'application/vnd.ms-excel.sheet.macroEnabled.12'),
      chart({ workbook: 'word/embeddings/Microsoft_Excel_Macro-Enabled_Worksheet.xlsm' }),
    )
    expect(zip.file('[Content_Types].xml')!.asText()).to.not.include('macroEnabled')
  })

  it('of the link from a chart to a workbook somewhere', async () => {
    const { removed, zip } = await cleaned(linkedChart())
    expect(removed).to.deep.equal(['chart_workbook'])
    expect(zip.file(listOf('word/charts/chart1.xml'))!.asText()).to.not.include('Sales.xlsx')
  })

  it('of several things at once, each told once', async () => {
    const extras = [...kinds.map(([, extra]) => extra), chart({ n: 2 }), linkedChart(3)]
    const { removed, bytes } = await cleaned(...extras)
    expect(removed).to.deep.equal(kinds.map(([feature]) => feature))
    expect(soundness(bytes)).to.deep.equal([])
  })

  it('also in its building blocks', async () => {
    const glossary = all(
      link('word/document.xml', 'rIdBlocks', `Type="${references}/glossaryDocument" Target="glossary/document.xml"`),
      put('word/glossary/document.xml', '<w:glossaryDocument xmlns:w="w"/>'),
      link('word/glossary/document.xml', 'rId1', `Type="${references}/settings" Target="settings.xml"`),
      put(
        'word/glossary/settings.xml',
        '<w:settings xmlns:w="w" xmlns:r="r"><w:attachedTemplate r:id="rId1"/></w:settings>',
      ),
      link(
        'word/glossary/settings.xml',
        'rId1',
        `Type="${references}/attachedTemplate" Target="C:\\a.dotm" TargetMode="External"`,
      ),
    )
    const { zip, removed } = await cleaned(glossary)
    expect(removed).to.deep.equal(['attached_template'])
    expect(zip.file('word/glossary/settings.xml')!.asText()).to.not.include('attachedTemplate')
  })
})

describe('cleaning finds what it takes', () => {
  const targets: ReadonlyArray<readonly [string, string]> = [
    ['word/embeddings/book.xlsx', '../embeddings/book.xlsx'],
    ['word/embeddings/book.xlsx', '/word/embeddings/book.xlsx'],
    ['word/embeddings/book.xlsx', './../../word/charts/../embeddings/book.xlsx'],
    ['word/embeddings/BOOK.XLSX', '../Embeddings/book.xlsx'],
    ['word/charts/deep/embeddings/book.xlsx', 'deep/embeddings/book.xlsx'],
    ['word/embeddings/My book.xlsx', '../embeddings/My%20book.xlsx'],
    ['word/embeddings/My%20book.xlsx', '../embeddings/My%20book.xlsx'],
    ['word/embeddings/pl&amp;an.xlsx'.replace('&amp;', '&'), '../embeddings/pl&amp;an.xlsx'],
    ['embeddings/book.xlsx', '../../embeddings/book.xlsx'],
  ]
  targets.forEach(([workbook, target]) =>
    it(`${workbook} at ${target}`, async () => {
      const { names, bytes } = await cleaned(chart({ workbook, target }))
      expect(names).to.not.include(workbook)
      expect(soundness(bytes)).to.deep.equal([])
    }),
  )

  it('content types as overrides, in any case and with either quote', async () => {
    const workbook = 'word/embeddings/Book.bin'
    const { zip } = await cleaned(
      before(
        '[Content_Types].xml',
        '</Types>',
        `<Override ContentType='application/x-one' PartName='/WORD/embeddings/book.BIN'></Override>`,
      ),
      override('word/theme/theme1.xml.kept', 'application/x-kept'),
      chart({ workbook }),
    )
    const types = zip.file('[Content_Types].xml')!.asText()
    expect(types).to.include('x-kept')
    expect(types).to.not.include('x-one')
  })

  it('content types by default, unless another part has them', async () => {
    const binary = defaultType('bin', 'application/x-binary')
    const workbook = 'word/embeddings/book.bin'
    const other = all(
      put('word/other.bin', 'x'),
      link('word/document.xml', 'rIdOther', `Type="${references}/other" Target="other.bin"`),
    )
    expect((await cleaned(binary, chart({ workbook }))).zip.file('[Content_Types].xml')!.asText()).to.not.include(
      'x-binary',
    )
    expect((await cleaned(binary, chart({ workbook }), other)).zip.file('[Content_Types].xml')!.asText()).to.include(
      'x-binary',
    )
  })

  it('types of relationships in any case, also of a strict document, and written with entities', async () => {
    for (const type of [
      `${references}/ATTACHEDTEMPLATE`,
      `${strict}/attachedTemplate`,
      `${references}/attachedTempl&#x61;te`,
    ]) {
      const extra = link(
        'word/settings.xml',
        'rId1',
        `Type="${type}" Target="http://evil.example/x.dotm" TargetMode='external'`,
      )
      expect((await cleaned(extra)).removed).to.deep.equal(['attached_template'])
    }
  })

  it('references with another prefix, other quotes or entities, and elements with content', async () => {
    for (const element of [
      `<w:attachedTemplate xmlns:q="${references}" q:id='rId1'></w:attachedTemplate>`,
      '<w:attachedTemplate r:id="&#114;Id1"><w:x><w:attachedTemplate></w:attachedTemplate></w:x></w:attachedTemplate>',
    ]) {
      const { zip } = await cleaned(
        link(
          'word/settings.xml',
          'rId1',
          `Type="${references}/attachedTemplate" Target="a.dotm" TargetMode="External"`,
        ),
        before('word/settings.xml', '<w:defaultTabStop', element),
      )
      expect(zip.file('word/settings.xml')!.asText()).to.not.match(/attachedTemplate|<w:x>/)
    }
  })

  it('relationships of nothing', async () => {
    const lost = link(
      'word/lost.xml',
      'rId1',
      `Type="${references}/attachedTemplate" Target="a.dotm" TargetMode="External"`,
    )
    expect((await cleaned(lost)).removed).to.deep.equal(['attached_template'])
  })
})
