import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import { attachment } from '../../src/api/documents/disposition'
import { etagOf, pinnedRevision } from '../../src/api/etag'
import { askedLocale, readerLocale } from '../../src/api/locale'
import { redacted } from '../../src/domain/redaction'
import { revision } from '../../src/domain/position'

describe('ETags', () => {
  it('are the revision in quotes', () => {
    expect(etagOf(revision(12n))).to.equal('"12"')
  })

  it('pin a revision', () => {
    expect(pinnedRevision('"12"')).to.deep.equal(E.right(revision(12n)))
    expect(pinnedRevision(' "0" ')).to.deep.equal(E.right(revision(0n)))
    expect(pinnedRevision('*')).to.deep.equal(E.right(undefined))
  })

  for (const given of ['12', 'W/"12"', '"012"', '"-1"', '"1", "2"', '""', '"x"', '"99999999999999999999"'])
    it(`refuse ${given} in If-Match`, () => {
      expect(E.isLeft(pinnedRevision(given))).to.equal(true)
    })
})

describe("a reader's language", () => {
  const asked = (parameter: string | null, header?: string) => askedLocale(parameter, header)

  it('is what the parameter says, before the header', () => {
    expect(asked('en', 'pt-BR')).to.equal('en')
    expect(asked('pt', 'en')).to.equal('pt-BR')
  })
  it('is the best of the header that we have', () => {
    expect(asked(null, 'pt-PT,en')).to.equal('pt-BR')
    expect(asked(null, 'en;q=0.3, pt-br;q=0.9')).to.equal('pt-BR')
    expect(asked(null, 'fr, en-GB;q=0.5')).to.equal('en')
    expect(asked(null, 'fr, de')).to.equal(undefined)
    expect(asked(null, '*')).to.equal(undefined)
    expect(asked(null)).to.equal(undefined)
  })
  it('is not disturbed by what is no language', () => {
    expect(asked('zz-!!', 'en')).to.equal('en')
    expect(asked('', ',,;q=x, en')).to.equal('en')
    expect(asked(null, 'zz-!!, pt;q=0.1')).to.equal('pt-BR')
    expect(asked('fr')).to.equal(undefined)
  })
  it("else the organization's, else the product's", () => {
    expect(readerLocale('pt-BR', 'en')).to.equal('pt-BR')
    expect(readerLocale(undefined, 'en')).to.equal('en')
    expect(readerLocale(undefined)).to.equal('pt-BR')
  })
})

describe('the name of a download', () => {
  it('stands as it is in ASCII', () => {
    expect(attachment('contract-123.docx')).to.equal('attachment; filename="contract-123.docx"')
  })
  it('is given twice in other scripts', () => {
    expect(attachment("ação (1)*'.docx")).to.equal(
      `attachment; filename="a__o (1)*'.docx"; filename*=UTF-8''a%C3%A7%C3%A3o%20%281%29%2A%27.docx`,
    )
  })
  it('cannot break out of its quotes or its line', () => {
    expect(attachment('a"\r\nX: y\\.docx')).to.match(
      /^attachment; filename="a___X: y_\.docx"; filename\*=UTF-8''a%22%0D%0A/,
    )
  })
})

describe('what is logged', () => {
  it("holds no webhook's token", () => {
    expect(redacted('/api/v1/webhooks/60e71e8e/s3cr3t')).to.equal('/api/v1/webhooks/60e71e8e/***')
    expect(redacted('/api/v1/webhooks/60e71e8e/s3cr3t/more')).to.not.include('s3cr3t')
    expect(redacted('/api/v1/executions')).to.equal('/api/v1/executions')
  })
  it("holds no review's token, however its path is written", () => {
    const token = 'a1_-'.repeat(11).slice(0, 43)
    const id = '6f9619ff-8b86-4011-b42d-00c04fc964ff'
    expect(redacted(`/review/${id}/${token}`)).to.equal(`/review/${id}/***`)
    expect(redacted(`/review/${id}/${token}/documents/${id}`)).to.equal(`/review/${id}/***/documents/${id}`)
    expect(redacted(`/review/${id}/short`)).to.equal(`/review/${id}/***`)
    for (const path of [`/Review//${token}`, `/x/%72eview/${id}/${token}`, `/${token}?a`, `/${token}/${token}/x`])
      expect(redacted(path)).to.not.include(token)
  })
})
