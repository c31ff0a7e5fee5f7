import { expect } from 'chai'
import * as fc from 'fast-check'
import { StreamIdentifier, UUID } from '@eventstore/db-client/generated/shared_pb'
import { streamNameOf, uuidOf, wireUuid } from '../../../src/embedded/event-store/wire'

describe('ids on the wire', () => {
  it('mean the same as text and as two halves', () => {
    fc.assert(
      fc.property(fc.uuid(), (id) => {
        expect(uuidOf(wireUuid(id, true))).to.equal(id)
        expect(uuidOf(wireUuid(id, false))).to.equal(id)
      }),
    )
  })

  it('are read in either case and refused when they are none', () => {
    expect(uuidOf(new UUID().setString('0A000000-0000-4000-8000-00000000000B'))).to.match(/^0a0.*0b$/)
    expect(() => uuidOf(new UUID().setString('id'))).to.throw('not a UUID')
    expect(() => uuidOf(undefined)).to.throw('not a UUID')
  })
})

describe('stream names on the wire', () => {
  const named = (name: string) => streamNameOf(new StreamIdentifier().setStreamName(Buffer.from(name)))

  it('may be anything that PostgreSQL can store and index', () => {
    expect(named('Größe 漢字 👍')).to.equal('Größe 漢字 👍')
    expect(() => named('')).to.throw('needs a name')
    expect(() => named('a\0b')).to.throw('NUL')
    expect(() => named('é'.repeat(1025))).to.throw('2048 bytes')
  })
})
