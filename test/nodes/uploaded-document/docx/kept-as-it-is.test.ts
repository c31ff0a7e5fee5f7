import { expect } from 'chai'
import { inspect } from '../../../../src/nodes/uploaded-document/docx/inspect'
import { references, refused } from './cleaned'
import { all, before, defaultType, type Extra, link, officeFile, override, paragraph, put } from './office-files'
import { valueOf } from './results'

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
