import { expect } from 'chai'
import PizZip from 'pizzip'
import { inspect } from '../../../../src/nodes/uploaded-document/docx/inspect'
import { templateDocx } from '../../../support/docx'
import { faultOf, valueOf } from './results'
import { filesOf, type ZipFile, zipOf } from './tampering'

const good = async (): Promise<ReadonlyArray<ZipFile>> => filesOf(await templateDocx('Dear {{name}}'))

const refusal = (bytes: Uint8Array) => {
  const { code, params, tech } = faultOf(inspect(bytes))
  return { code, params, tech }
}

const addedTo = async (...files: ReadonlyArray<ZipFile>) => refusal(zipOf([...(await good()), ...files]))

const zeros = (mebibytes: number) => new Uint8Array(mebibytes * 1024 * 1024)

describe('a file that is no .docx is refused as unreadable', () => {
  const cases: ReadonlyArray<readonly [string, Uint8Array, RegExp]> = [
    ['nothing', new Uint8Array(), /not a zip/],
    ['plain bytes', Buffer.from('hello, this is not a document'), /not a zip/],
    ['a PDF renamed', Buffer.from('%PDF-1.7\n1 0 obj\n<<>>\nendobj'), /PDF/],
    ['an encrypted document', Buffer.from('d0cf11e0a1b11ae100000000', 'hex'), /encrypted/],
    ['the start of a zip', Buffer.from('504b030414000000', 'hex'), /central directory/],
    ['an empty zip', Buffer.from(`504b0506${'00'.repeat(18)}`, 'hex'), /not a zip/],
    ['a zip of other files', zipOf([{ name: 'readme.txt', bytes: Buffer.from('hello') }]), /not a Word document/],
  ]
  cases.forEach(([what, bytes, tech]) =>
    it(what, () => {
      const found = refusal(bytes)
      expect(found.code).to.equal('template.unreadable')
      expect(found.tech).to.match(tech)
    }),
  )

  it('a spreadsheet', () => {
    const types = `<?xml version="1.0"?><Types><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`
    expect(refusal(zipOf([{ name: '[Content_Types].xml', bytes: Buffer.from(types) }])).tech).to.match(/not a Word/)
  })

  it('a document cut short, anywhere', async () => {
    const docx = await templateDocx('Dear {{name}}')
    for (let length = 0; length < docx.length; length += 97)
      expect(refusal(docx.subarray(0, length)).code).to.equal('template.unreadable')
  })

  it('a document with any byte of its directory changed is refused or means the same', async () => {
    const docx = await templateDocx('Dear {{name}}')
    const directoryAt = Buffer.from(docx).readUInt32LE(docx.length - 6)
    for (let at = directoryAt; at < docx.length; at += 7) {
      const changed = Uint8Array.from(docx)
      changed[at] = changed[at]! ^ 0xff
      const result = inspect(changed)
      if (result._tag === 'Right') expect(result.right.tags).to.deep.equal([{ path: 'name', loops: [] }])
      else expect(result.left.code).to.match(/^template\./)
    }
  })
})

describe('a zip bomb is refused before it unpacks', () => {
  it('a file over 25 MB', () => {
    expect(refusal(zeros(26))).to.deep.include({ code: 'template.too_large', params: { limit: '25 MB' } })
  })

  it('more than 100 MB declared', async () => {
    const found = await addedTo({ name: 'word/media/bomb.png', bytes: zeros(101) })
    expect(found).to.deep.include({ code: 'template.too_large', params: { limit: '100 MB' } })
  })

  it('more than 16 MB of XML, which would fill the memory', async () => {
    const found = await addedTo({ name: 'word/a.xml', bytes: Buffer.from(`<a>${' '.repeat(17 * 1024 * 1024)}</a>`) })
    expect(found).to.deep.include({ code: 'template.too_large', params: { limit: '16 MB' } })
  })

  it('a list of relationships without end', async () => {
    const found = await addedTo({ name: 'word/_rels/a.rels', bytes: Buffer.from('<!--'.repeat(200_000)) })
    expect(found.tech).to.match(/too long/)
  })

  it('more than 2000 entries', async () => {
    const many = Array.from({ length: 2000 }, (_, n) => ({ name: `word/media/${n}.png`, bytes: new Uint8Array() }))
    expect((await addedTo(...many)).code).to.equal('template.too_large')
  })

  it('a declared size that lies: the unpacking stops there', async () => {
    const found = await addedTo({ name: 'word/media/bomb.png', bytes: zeros(200), declaredSize: 1000 })
    expect(found.tech).to.match(/does not unpack to its declared size/)
  })

  it('a declared size above the true one', async () => {
    const found = await addedTo({ name: 'word/media/a.png', bytes: zeros(1), declaredSize: 1024 * 1024 + 1 })
    expect(found.tech).to.match(/another size or checksum/)
  })

  it('a wrong checksum', async () => {
    const found = await addedTo({ name: 'word/media/a.png', bytes: zeros(1), declaredCrc: 1 })
    expect(found.tech).to.match(/another size or checksum/)
  })

  it('entries that share their data', async () => {
    const bytes = zeros(1)
    const position = (await good()).length
    const found = await addedTo(
      { name: 'word/media/a.png', bytes },
      { name: 'word/media/b.png', bytes, sharesDataOf: position, localName: 'word/media/a.png' },
    )
    expect(found.code).to.equal('template.unreadable')
  })

  it('an entry that reaches into the next one', async () => {
    const files = await good()
    const found = refusal(zipOf([{ name: 'word/a.xml', bytes: Buffer.from('<a/>'), overlong: 20 }, ...files]))
    expect(found.tech).to.equal('entries overlap')
  })

  it('an archive inside the archive', async () => {
    const found = await addedTo({ name: 'word/media/inner.png', bytes: zipOf([{ name: 'a', bytes: zeros(1) }]) })
    expect(found).to.deep.include({ code: 'template.unsafe_content', params: { feature: 'embedded file' } })
  })
})

describe('an archive that two readers could understand differently is refused', () => {
  const names = [
    '../evil.xml',
    '/etc/passwd',
    'word\\evil.xml',
    'C:evil',
    'a//b',
    'word/./b',
    'a\u0000b',
    '__proto__',
    'word/constructor',
  ]
  names.forEach((name) =>
    it(`an entry named ${JSON.stringify(name)}`, async () => {
      expect((await addedTo({ name, bytes: Buffer.from('x') })).tech).to.equal('unsafe entry name')
    }),
  )

  it('two entries of one name, also in other letters', async () => {
    expect((await addedTo({ name: 'WORD/Document.xml', bytes: Buffer.from('x') })).tech).to.match(/same name/)
  })

  it('a local header with another name', async () => {
    const found = await addedTo({ name: 'word/a.xml', bytes: Buffer.from('x'), localName: 'word/b.xml' })
    expect(found.tech).to.match(/disagree/)
  })

  it('an encrypted entry', async () => {
    expect((await addedTo({ name: 'word/a.xml', bytes: Buffer.from('x'), flags: 1 })).tech).to.equal('encrypted entry')
  })

  it('bytes before the archive', async () => {
    const docx = await templateDocx('x')
    expect(refusal(Buffer.concat([Buffer.from('504b0304', 'hex'), docx])).code).to.equal('template.unreadable')
  })

  it('bytes after the archive', async () => {
    expect(refusal(Buffer.concat([await templateDocx('x'), Buffer.from('tail')])).code).to.equal('template.unreadable')
  })

  it('a name that is not UTF-8', async () => {
    const zip = zipOf([...(await good()), { name: 'word/aa.xml', bytes: Buffer.from('x') }])
    expect(refusal(Buffer.from(zip.toString('latin1').replaceAll('word/aa', 'word/\xff\xfe'), 'latin1')).code).to.equal(
      'template.unreadable',
    )
  })

  it('but an archive comment and folder entries are harmless', async () => {
    const docx = await templateDocx('Dear {{name}}')
    const withFolders = new PizZip(docx).folder('word/empty').generate({ type: 'uint8array' })
    expect(valueOf(inspect(zipOf(await good(), 'made by hand'))).tags).to.have.length(1)
    expect(valueOf(inspect(withFolders)).tags).to.have.length(1)
  })
})
