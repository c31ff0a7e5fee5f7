import { expect } from 'chai'
import { isSoftDeleted, jsonObject, limitsOf, streamMetadata } from '../../../src/embedded/event-store/metadata'
import { endOfStream } from '../../../src/embedded/event-store/model'

const metadata = (text: string, isJson = true) => streamMetadata(jsonObject({ isJson, data: Buffer.from(text) }))
const limits = (text: string, last: bigint, now = 0n) => limitsOf('s', last, metadata(text), now)

describe('stream metadata', () => {
  it('$maxCount keeps the last events', () => {
    expect(limits('{"$maxCount":3}', 9n).revision).to.equal(7n)
    expect(limits('{"$maxCount":30}', 9n).revision).to.equal(0n)
  })

  it('$tb hides what is before it', () => {
    expect(limits('{"$tb":4}', 9n).revision).to.equal(4n)
    expect(limits('{"$tb":4,"$maxCount":2}', 9n).revision).to.equal(8n)
  })

  it('$maxAge hides what is older', () => {
    expect(limits('{"$maxAge":60}', 9n, 1_000_000_000n).created).to.equal(400_000_000n)
  })

  it('the highest $tb deletes softly, although a double cannot hold it', () => {
    expect(metadata(`{"$tb":${endOfStream}}`)).to.deep.equal({ truncateBefore: endOfStream })
    expect(isSoftDeleted(metadata(`{"$tb":${endOfStream}}`))).to.equal(true)
    expect(isSoftDeleted(metadata('{"$tb":9007199254740991}'))).to.equal(false)
  })

  for (const text of ['{"$maxCount":0,"$maxAge":-1,"$tb":"4"}', '{"$maxCount":1.5}', '[]', 'null', '{', '7', ''])
    it(`makes nothing of ${text}`, () => {
      expect(metadata(text)).to.deep.equal({})
    })

  it('makes nothing of an event that is not JSON', () => {
    expect(metadata('{"$tb":4}', false)).to.deep.equal({})
  })

  it('the stream of a metadata shows its last event', () => {
    expect(limitsOf('$$s', 5n, {}, 0n)).to.deep.equal({ revision: 5n, created: 0n })
  })
})
