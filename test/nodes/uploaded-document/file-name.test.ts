import { expect } from 'chai'
import * as fc from 'fast-check'
import { safeFileName } from '../../../src/nodes/uploaded-document/file-name'

describe('file names of documents', () => {
  const names: ReadonlyArray<readonly [string, string]> = [
    ['contract-123', 'contract-123.docx'],
    ['contract.docx', 'contract.docx'],
    ['Contrato de ação', 'Contrato de ação.docx'],
    ['../../etc/passwd', 'etc-passwd.docx'],
    ['a/b\\c:d', 'a-b-c-d.docx'],
    ['a\r\nb\0c', 'a-b-c.docx'],
    ['a\u202excod.exe', 'a-xcod.exe.docx'],
    ['', 'document.docx'],
    ['...', 'document.docx'],
    ['CON', 'document.docx'],
    ['x'.repeat(500), `${'x'.repeat(115)}.docx`],
  ]
  for (const [wanted, name] of names)
    it(`${JSON.stringify(wanted).slice(0, 40)} becomes ${name.slice(0, 40)}`, () =>
      expect(safeFileName(wanted)).to.equal(name))

  it('are one safe segment, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (wanted) => {
        const name = safeFileName(wanted)
        expect(name.length).to.be.within(6, 120)
        expect(Buffer.byteLength(name)).to.be.at.most(255)
        expect(name).to.match(/^[^.\s/\\][^/\\]*\.docx$/u)
        expect(name).to.not.match(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
      }),
    )
  })
})
