import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import * as fc from 'fast-check'
import { destinationOf } from '../../../src/nodes/storage/destination-url'
import { folderOf, namesFor } from '../../../src/nodes/storage/folder'

describe('folders below a destination', () => {
  const folders: ReadonlyArray<readonly [string, ReadonlyArray<string>]> = [
    ['contracts/7', ['contracts', '7']],
    ['/contracts//7/', ['contracts', '7']],
    ['./a', ['a']],
    ['', []],
    ['a\\b', ['a', 'b']],
    ['a:b/c\0d', ['a-b', 'c-d']],
  ]
  for (const [text, parts] of folders)
    it(`${JSON.stringify(text)} is ${parts.join(' / ')}`, () => expect(folderOf(text)).to.deep.equal(E.right(parts)))

  it('may not lead upwards, nor too deep', () => {
    for (const text of ['..', 'a/../b', 'a\\..\\b', 'a/ .. /b', 'a/'.repeat(21)])
      expect(E.isLeft(folderOf(text)), text).to.equal(true)
  })

  it('have no part that is a path, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const parts = folderOf(text)
        if (E.isRight(parts))
          for (const part of parts.right)
            expect(part)
              .to.match(/^[^/\\\0]+$/u)
              .and.not.match(/^\.{1,2}$/)
      }),
    )
  })

  it('hold a second file of one name under a name with its hash', () => {
    expect(namesFor('a.docx', 'f'.repeat(64))).to.deep.equal([
      'a.docx',
      `a-${'f'.repeat(12)}.docx`,
      `a-${'f'.repeat(64)}.docx`,
    ])
  })
})

describe('destinations', () => {
  it('are folders or buckets', () => {
    expect(destinationOf('file:./.data/archive')).to.deep.equal(E.right({ kind: 'file', folder: './.data/archive' }))
    expect(destinationOf('file:/srv/a%20b')).to.deep.equal(E.right({ kind: 'file', folder: '/srv/a b' }))
    expect(destinationOf('s3://bucket/a/b?region=eu-west-1')).to.deep.equal(
      E.right({ kind: 's3', bucket: 'bucket', prefix: 'a/b', endpoint: undefined, region: 'eu-west-1' }),
    )
  })

  const refused = [
    '',
    'archive',
    'http://example.com',
    'file:archive',
    'file:/srv/../etc',
    'file:./../etc',
    'file:/srv/%2e%2e/etc',
    'file://host/share',
    's3://',
    's3://Bad_Bucket',
    's3://user:secret@bucket',
    's3://bucket?endpoint=file:///etc',
    's3://bucket?endpoint=http://user:pass@host',
    's3://bucket?acl=public',
  ]
  for (const url of refused)
    it(`refuses ${url || 'nothing'}`, () => expect(E.isLeft(destinationOf(url))).to.equal(true))
})
