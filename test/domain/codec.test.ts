import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import * as t from 'io-ts'
import { eventCodec } from '../../src/domain/codec'

const codecs = {
  Renamed: t.readonly(t.type({ full_name: t.string, locale: t.string })),
  Unchanged: t.readonly(t.type({ n: t.number })),
}
const versions = [
  (data: unknown) => ({ full_name: (data as { readonly name: string }).name }),
  (data: unknown) => ({ ...(data as object), locale: 'pt-BR' }),
]
const codec = eventCodec(codecs, { Renamed: versions })
const decoded = (type: string, data: object, metadata: unknown) =>
  codec.decode({ type, data: data, metadata: metadata })
const renamed = (full_name: string, locale: string) => E.right({ type: 'Renamed', data: { full_name, locale } })
const undecodable = (type: string, reason: string) => E.left({ _tag: 'UndecodableEvent', type, reason })

describe('the codec of events', () => {
  it('takes data of an older shape through every newer one', () => {
    expect(decoded('Renamed', { name: 'Ana' }, { schema_version: 1 })).to.deep.equal(renamed('Ana', 'pt-BR'))
    expect(decoded('Renamed', { full_name: 'Ana' }, { schema_version: 2 })).to.deep.equal(renamed('Ana', 'pt-BR'))
    expect(decoded('Renamed', { full_name: 'Ana', locale: 'en' }, { schema_version: 3 })).to.deep.equal(
      renamed('Ana', 'en'),
    )
  })

  it('takes what names no version for the first', () => {
    for (const metadata of [{}, undefined, null, 'x', { schema_version: '3' }])
      expect(decoded('Renamed', { name: 'Ana' }, metadata)).to.deep.equal(renamed('Ana', 'pt-BR'))
  })

  it('does not guess at a shape that is newer than itself', () => {
    expect(decoded('Renamed', { name: 'Ana' }, { schema_version: 4 })).to.deep.equal(
      undecodable('Renamed', 'version 4 is newer than this program'),
    )
    expect(decoded('Unchanged', { n: 1 }, { schema_version: 2 })).to.deep.equal(
      undecodable('Unchanged', 'version 2 is newer than this program'),
    )
  })

  it('says at which place data is not of the shape', () => {
    expect(decoded('Renamed', { full_name: 7, locale: 'en' }, { schema_version: 3 })).to.have.nested.property(
      'left.reason',
      '/full_name expected string, got a number',
    )
  })

  it('knows its own types and no inherited name', () => {
    for (const type of ['Other', 'constructor', 'toString', '__proto__'])
      expect(decoded(type, {}, {})).to.deep.equal(undecodable(type, 'unknown event type'))
  })

  it('writes the newest version beside the data', () => {
    expect(codec.versions).to.deep.equal({ Renamed: 3, Unchanged: 1 })
    expect(codec.encode({ type: 'Renamed', data: { full_name: 'Ana', locale: 'en' } })).to.include({ version: 3 })
    expect(codec.encode({ type: 'Unchanged', data: { n: 1 } })).to.deep.equal({
      type: 'Unchanged',
      data: { n: 1 },
      version: 1,
    })
  })
})
