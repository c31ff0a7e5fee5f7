import { expect } from 'chai'
import PizZip from 'pizzip'
import { inspect } from '../../../../src/nodes/uploaded-document/docx/inspect'
import { references, refused } from './cleaned'
import {
  all,
  attachedTemplate,
  before,
  chart,
  defaultType,
  type Extra,
  link,
  officeFile,
  paragraph,
  put,
  webExtension,
} from './office-files'
import { faultOf, valueOf } from './results'

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
