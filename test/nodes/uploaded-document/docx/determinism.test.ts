import { expect } from 'chai'
import { docxEngine } from '../../../../src/nodes/uploaded-document/docx'
import { render } from '../../../../src/nodes/uploaded-document/docx/render'
import { templateDocxOf } from '../../../support/docx'
import { valueOf } from './results'
import { filesOf, zipOf } from './tampering'

const template = () =>
  templateDocxOf({
    lines: ['{{a}}'],
    rows: [['{{#l}}{{.}}{{/l}}']],
    header: '{{a}}',
    png: Buffer.from('89504e47', 'hex'),
  })

const data = { a: 'á\n2', l: ['x', 'y'] }

const localHeaders = (zip: Buffer) => {
  const found: Array<{ name: string; time: number; date: number }> = []
  for (let at = 0; zip.readUInt32LE(at) === 0x04034b50;) {
    const nameEnd = at + 30 + zip.readUInt16LE(at + 26)
    found.push({
      name: zip.toString('utf8', at + 30, nameEnd),
      time: zip.readUInt16LE(at + 10),
      date: zip.readUInt16LE(at + 12),
    })
    at = nameEnd + zip.readUInt16LE(at + 28) + zip.readUInt32LE(at + 18)
  }
  return found
}

describe('the same template and data give the same bytes', () => {
  it('twice in one thread', async () => {
    const docx = await template()
    expect(valueOf(render(docx, data)).sha256).to.equal(valueOf(render(docx, data)).sha256)
  })

  it('in two worker threads and in none', async () => {
    const docx = await template()
    const engines = [docxEngine({ threads: 1 }), docxEngine({ threads: 1 })] as const
    try {
      const [first, second] = await Promise.all(engines.map((engine) => engine.renderTemplate(docx, data)()))
      const hashes = [first!, second!, render(docx, data)].map((result) => valueOf(result).sha256)
      expect(new Set(hashes).size).to.equal(1)
    } finally {
      await Promise.all(engines.map((engine) => engine.close()))
    }
  })

  it('whatever the order of the files in the template and of the fields in the data', async () => {
    const docx = await template()
    const turned = zipOf([...filesOf(docx)].reverse())
    const again = { l: data.l, a: data.a }
    expect(valueOf(render(turned, again)).sha256).to.equal(valueOf(render(docx, data)).sha256)
  })

  it('with the content types first and every date 1980-01-01', async () => {
    const { bytes } = valueOf(render(await template(), data))
    const headers = localHeaders(Buffer.from(bytes))
    expect(headers[0]?.name).to.equal('[Content_Types].xml')
    expect(headers.length).to.be.greaterThan(8)
    headers.forEach(({ time, date }) => expect([time, date]).to.deep.equal([0, (1 << 5) | 1]))
  })
})
