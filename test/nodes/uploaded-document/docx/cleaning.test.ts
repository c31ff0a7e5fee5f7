import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import PizZip from 'pizzip'
import { locales } from '../../../../src/domain/catalogue/entry'
import { textOf } from '../../../../src/domain/catalogue/text'
import { inspect } from '../../../../src/nodes/uploaded-document/docx/inspect'
import { render } from '../../../../src/nodes/uploaded-document/docx/render'
import { docxText, templateDocx } from '../../../support/docx'
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
  paragraph,
  printerSettings,
  put,
  savedAsTemplate,
  svgWithDoctype,
  webExtension,
} from './office-files'
import { danglingReferences, packageFaults } from './opc-faults'
import { faultOf, valueOf } from './results'
import { malformedParts } from './well-formed'

const references = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const strict = 'http://purl.oclc.org/ooxml/officeDocument/relationships'

const shaOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

const soundness = (docx: Uint8Array) => [...packageFaults(docx), ...danglingReferences(docx), ...malformedParts(docx)]

const cleaned = async (...extras: ReadonlyArray<Extra>) => {
  const upload = await officeFile(extras)
  const { cleaned: result, ...inspection } = valueOf(inspect(upload))
  if (result === undefined) throw new Error('nothing was cleaned')
  const zip = new PizZip(result.bytes)
  return { ...result, upload, inspection, zip, names: Object.keys(zip.files).sort() }
}

const namesOf = async (...extras: ReadonlyArray<Extra>) =>
  Object.keys(new PizZip(await officeFile(extras)).files).sort()

const refused = async (...extras: ReadonlyArray<Extra>) =>
  faultOf(inspect(await officeFile(extras))).findings.map(({ params }) => params['feature'])

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

describe('cleaning leaves to the checks', () => {
  const sheet = put('word/embeddings/book.xlsx', new PizZip().file('a', 'b').generate({ type: 'uint8array' }))
  const ole = (type: string) =>
    all(
      sheet,
      link('word/document.xml', 'rIdOle', `Type="${references}/${type}" Target="embeddings/book.xlsx"`),
      paragraph('<w:object><o:OLEObject Type="Embed" ProgID="Excel.Sheet.12" r:id="rIdOle"/></w:object>'),
    )
  const cases: ReadonlyArray<readonly [string, ReadonlyArray<Extra>, ReadonlyArray<string>]> = [
    ['a workbook that stands in the text', [ole('package')], ['package', 'embedded file']],
    [
      'a workbook that nothing refers to',
      [sheet, link('word/document.xml', 'rIdX', `Type="${references}/package" Target="embeddings/book.xlsx"`)],
      ['package', 'embedded file'],
    ],
    ['an OLE object', [ole('oleObject')], ['oleObject', 'embedded file']],
    [
      'a workbook behind a chart that stands in the text too',
      [chart({ workbook: 'word/embeddings/book.xlsx' }), ole('package')],
      ['package', 'embedded file'],
    ],
    [
      'a workbook that something else in the chart refers to',
      [chart({ externalData: (id) => `<c:externalData r:id="${id}"/><c:userShapes r:id="${id}"/>` })],
      ['package', 'embedded file'],
    ],
    [
      'a workbook that something else refers to, in an attribute that looks like a part of another',
      [chart({ externalData: (id) => `<c:userShapes a=" c:x='" r:id="${id}" b="'"/>` })],
      ['package', 'embedded file'],
    ],
    [
      'an add-in that stands in the text',
      [
        webExtension(),
        link(
          'word/document.xml',
          'rIdAddIn',
          'Type="http://schemas.microsoft.com/office/2011/relationships/webextension" Target="webextensions/webextension1.xml"',
        ),
        paragraph('<we:webextensionref xmlns:we="we" r:id="rIdAddIn"/>'),
      ],
      ['web extension', 'webextension'],
    ],
    ['macros', [put('word/vbaProject.bin', 'VBA'), attachedTemplate()], ['macros']],
    [
      'a macro-enabled template',
      [defaultType('x', 'application/vnd.ms-word.template.macroEnabledTemplate.main+xml'), attachedTemplate()],
      ['macros'],
    ],
    [
      'an alternative chunk',
      [link('word/document.xml', 'rIdX', `Type="${references}/aFChunk" Target="a.html"`)],
      ['aFChunk'],
    ],
    [
      'a sub-document',
      [link('word/document.xml', 'rIdX', `Type="${references}/subDocument" Target="a.docx" TargetMode="External"`)],
      ['subDocument'],
    ],
    [
      'a picture outside',
      [
        attachedTemplate(),
        link(
          'word/document.xml',
          'rIdX',
          `Type="${references}/image" Target="http://evil.example/a" TargetMode="External"`,
        ),
      ],
      ['external image'],
    ],
    [
      'a frame of a frameset',
      [
        link(
          'word/webSettings.xml',
          'rIdX',
          `Type="${references}/frame" Target="http://evil.example/" TargetMode="External"`,
        ),
      ],
      ['frame'],
    ],
    [
      'a source of a mail merge',
      [
        link(
          'word/settings.xml',
          'rIdX',
          `Type="${references}/mailMergeSource" Target="file:///C:\\a.xlsx" TargetMode="External"`,
        ),
        before('word/settings.xml', '<w:defaultTabStop', '<w:mailMerge><w:dataSource r:id="rIdX"/></w:mailMerge>'),
      ],
      ['mailMergeSource'],
    ],
    [
      'a source of a mail merge in the settings alone',
      [
        before(
          'word/settings.xml',
          '<w:defaultTabStop',
          '<w:mailMerge><w:mainDocumentType w:val="formLetters"/><w:connectString w:val="Provider=x"/></w:mailMerge>',
        ),
      ],
      ['mailMergeSource'],
    ],
    [
      'a picture that declares entities',
      [put('word/media/a.svg', '<!DOCTYPE svg PUBLIC "a" "b" [<!ENTITY c "d">]><svg/>')],
      ['DOCTYPE'],
    ],
    ['two relationships of one id', [attachedTemplate('rId1'), attachedTemplate('rId1')], ['attachedTemplate']],
  ]
  cases.forEach(([what, extras, features]) =>
    it(what, async () => {
      expect(await refused(...extras)).to.have.members(features)
    }),
  )

  it('bytes that are no UTF-8, in a part that it would have written anew', async () => {
    const bad = (files: Map<string, Buffer>) =>
      void files.set('word/settings.xml', Buffer.concat([files.get('word/settings.xml')!, Buffer.from([0x20, 0xff])]))
    expect(faultOf(inspect(await officeFile([attachedTemplate(), bad]))).code).to.equal('template.unreadable')
  })

  it('parts that are not in UTF-8, whatever else there is', async () => {
    const fault = faultOf(
      inspect(await officeFile([attachedTemplate(), put('word/settings.xml', Buffer.from('\ufeff<a/>', 'utf16le'))])),
    )
    expect(fault.code).to.equal('template.unreadable')
  })

  it('a file over the limits', async () => {
    const fault = faultOf(
      inspect(await officeFile([put('word/_rels/a.xml.rels', ' '.repeat(600_000)), attachedTemplate()])),
    )
    expect(fault.code).to.equal('template.unreadable')
  })

  it('comments without an end, however many begin', async () => {
    const inSettings = before('word/settings.xml', '<w:defaultTabStop', '<!-- -- '.repeat(1_000_000))
    expect(valueOf(inspect(await officeFile([attachedTemplate(), inSettings]))).cleaned?.removed).to.deep.equal([
      'attached_template',
    ])
    const inList = put('word/_rels/a.xml.rels', `<Relationships>${'<!-- -- '.repeat(60_000)}`)
    expect(await refused(attachedTemplate(), inList)).to.include('malformed relationships')
  })

  it('elements without an end', async () => {
    const torn = before('word/settings.xml', '<w:defaultTabStop', '<w:attachedTemplate r:id="rId1">')
    const toTemplate = link(
      'word/settings.xml',
      'rId1',
      `Type="${references}/attachedTemplate" Target="a" TargetMode="External"`,
    )
    expect(faultOf(inspect(await officeFile([toTemplate, torn]))).code).to.equal('template.unreadable')
  })
})

describe('what files of an office carry and keep', () => {
  const part = (name: string, xml: string, type: string, source = 'word/document.xml') =>
    all(
      put(name, xml),
      override(name, 'application/xml'),
      link(source, `rId-${name.replaceAll('/', '-')}`, `Type="${type}" Target="/${name}"`),
    )
  const microsoft = 'http://schemas.microsoft.com/office'
  const metadata = 'http://schemas.openxmlformats.org/package/2006/relationships/metadata'
  const field = (instruction: string) => paragraph(`<w:instrText>${instruction}</w:instrText>`)

  const cases: ReadonlyArray<readonly [string, Extra]> = [
    ['a file without any', () => undefined],
    [
      'building blocks',
      part('word/glossary/document.xml', '<w:glossaryDocument xmlns:w="w"/>', `${references}/glossaryDocument`),
    ],
    [
      'data bound to content controls',
      all(
        part('customXml/item1.xml', '<a xmlns="b">c</a>', `${references}/customXml`),
        part('customXml/itemProps1.xml', '<a/>', `${references}/customXmlProps`, 'customXml/item1.xml'),
      ),
    ],
    [
      'the people of comments',
      part('word/people.xml', '<w15:people xmlns:w15="w"/>', `${microsoft}/2011/relationships/people`),
    ],
    [
      'threads of comments',
      all(
        part('word/commentsExtended.xml', '<a/>', `${microsoft}/2011/relationships/commentsExtended`),
        part('word/commentsIds.xml', '<a/>', `${microsoft}/2016/09/relationships/commentsIds`),
        part('word/commentsExtensible.xml', '<a/>', `${microsoft}/2018/08/relationships/commentsExtensible`),
      ),
    ],
    [
      'a thumbnail',
      all(
        defaultType('emf', 'image/x-emf'),
        put('docProps/thumbnail.emf', Buffer.from('0100000064000000', 'hex')),
        link('', 'rIdThumb', `Type="${metadata}/thumbnail" Target="docProps/thumbnail.emf"`),
      ),
    ],
    [
      'web settings',
      part(
        'word/webSettings.xml',
        '<w:webSettings xmlns:w="w"><w:optimizeForBrowser/></w:webSettings>',
        `${references}/webSettings`,
      ),
    ],
    [
      'sensitivity labels',
      part(
        'docMetadata/LabelInfo.xml',
        '<clbl:labelList xmlns:clbl="c"/>',
        `${microsoft}/2020/02/relationships/classificationlabels`,
        '',
      ),
    ],
    [
      'tasks',
      part(
        'word/documenttasks/documenttasks1.xml',
        '<t:Tasks xmlns:t="t"/>',
        `${microsoft}/2019/05/relationships/documenttasks`,
      ),
    ],
    [
      'key maps',
      part(
        'word/customizations.xml',
        '<wne:tcg xmlns:wne="w"/>',
        `${microsoft}/2006/relationships/keyMapCustomizations`,
      ),
    ],
    [
      'the buttons of a user',
      part('userCustomization/customUI.xml', '<a/>', `${microsoft}/2006/relationships/ui/userCustomization`, ''),
    ],
    ['diagrams', part('word/diagrams/data1.xml', '<dgm:dataModel xmlns:dgm="d"/>', `${references}/diagramData`)],
    ['ink', part('word/ink/ink1.xml', '<ink xmlns="i"/>', `${references}/customXml`)],
    [
      'VML drawings',
      paragraph('<w:pict><v:shape><v:textbox><w:txbxContent><w:p/></w:txbxContent></v:textbox></v:shape></w:pict>'),
    ],
    [
      'who gets a form letter, without its source',
      before(
        'word/settings.xml',
        '<w:defaultTabStop',
        '<w:mailMerge><w:mainDocumentType w:val="formLetters"/></w:mailMerge>',
      ),
    ],
    ['text that speaks of mailMerge and its query', paragraph('<w:t>mailMerge</w:t></w:r></w:p><w:p><w:r><w:query/>')],
    ['"click here"', field(' MACROBUTTON  NoMacro [Click here and type the name] ')],
    ['"click here", as older templates have it', field('macrobutton DoFieldClick [Company]')],
  ]
  cases.forEach(([what, extra]) =>
    it(what, async () => {
      const inspection = valueOf(inspect(await officeFile([extra])))
      expect([inspection.errors, inspection.cleaned]).to.deep.equal([[], undefined])
    }),
  )

  it('but no button for a macro', async () => {
    for (const instruction of ['MACROBUTTON AutoOpen x', 'MACROBUTTON NoMacros x', 'MACROBUTTON NoMacro x DDE y'])
      expect(await refused(field(instruction))).to.have.length(1)
  })

  describe('embedded fonts', () => {
    const font = (start: string) =>
      all(
        put('word/fonts/font1.odttf', Buffer.from(start, 'hex')),
        link('word/fontTable.xml', 'rIdFont', `Type="${references}/font" Target="fonts/font1.odttf"`),
      )
    const starts = ['3c780001', '20203cff', 'fffe1234', '4d5a1234', '504b0304', '003c1234']
    starts.forEach((start) =>
      it(`however their scrambled bytes begin: ${start}`, async () => {
        expect(valueOf(inspect(await officeFile([font(start)]))).errors).to.deep.equal([])
      }),
    )

    it('but not what is called one and used as a header', async () => {
      const header = link('word/document.xml', 'rIdHeader', `Type="${references}/header" Target="fonts/font1.odttf"`)
      expect(await refused(font('4d5a1234'), header)).to.deep.equal(['embedded program'])
    })

    it('nor what is declared as something else', async () => {
      expect(await refused(font('4d5a1234'), override('word/fonts/font1.odttf', 'application/xml'))).to.deep.equal([
        'embedded program',
      ])
    })
  })
})

describe('a cleaned file', () => {
  const folder = fc.constantFrom('word/embeddings', 'word/charts/embeddings', 'embeddings', 'word/Embeddings/a b')
  const book = fc.constantFrom('a.xlsx', 'B.XLSX', 'c.bin', 'd.xlsm')
  const maybe = <A>(extra: fc.Arbitrary<A>) => fc.option(extra, { nil: undefined })
  const charts = fc
    .array(
      fc.oneof(
        fc.constant('linked'),
        fc.tuple(folder, book).map((path) => path.join('/')),
      ),
      { maxLength: 3 },
    )
    .map((books) => books.map((workbook, n) => (workbook === 'linked' ? linkedChart(n) : chart({ n, workbook }))))
  const panes = fc
    .tuple(fc.constantFrom('word/webextensions', 'webextensions', 'Word/WebExtensions'), fc.boolean())
    .map(([at, isAbsolute]) =>
      webExtension(at, isAbsolute ? undefined : `./${at}/../${posix.basename(at)}/taskpanes.xml`),
    )
  const others = fc.subarray([
    printerSettings(),
    customRibbon(),
    digitalSignature(),
    savedAsTemplate(),
    svgWithDoctype(),
  ])
  const extras = fc
    .tuple(maybe(fc.constantFrom('rId1', 'rId7', 'R1a2b').map(attachedTemplate)), maybe(panes), charts, others)
    .map(([template, pane, drawn, rest]) => [template, pane, ...drawn, ...rest].filter((extra) => extra !== undefined))
    .filter(({ length }) => length > 0)

  it('has nothing left to clean and nothing that leads nowhere, and is filled', async () => {
    const template = await templateDocx('Dear {{name}}')
    await fc.assert(
      fc.asyncProperty(extras, async (given) => {
        const upload = await officeFile(given, template)
        const { cleaned: first, ...inspection } = valueOf(inspect(upload))
        expect(first).to.include({ original_sha256: shaOf(upload) })
        expect(first!.removed).to.not.deep.equal([])
        const again = valueOf(inspect(first!.bytes))
        expect(again).to.deep.equal(inspection)
        expect(soundness(first!.bytes)).to.deep.equal([])
        expect(docxText(valueOf(render(first!.bytes, { name: 'Ana' })).bytes)).to.include('Dear Ana')
      }),
      { numRuns: 60 },
    )
  }).timeout(60_000)
})
