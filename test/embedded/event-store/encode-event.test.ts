import { expect } from 'chai'
import * as fc from 'fast-check'
import { ReadResp } from '@eventstore/db-client/generated/streams_pb'
import { encodeEvent } from '../../../src/embedded/event-store/encode-event'
import { endOfStream, type EventRecord } from '../../../src/embedded/event-store/model'
import { eventMessage } from '../../../src/embedded/event-store/wire-read'

const event: fc.Arbitrary<EventRecord> = fc.record({
  id: fc.uuid(),
  type: fc.string({ minLength: 1, unit: 'binary' }),
  isJson: fc.boolean(),
  metadata: fc.uint8Array({ maxLength: 300 }),
  data: fc.uint8Array({ maxLength: 20_000 }),
  position: fc.bigInt(1n, endOfStream),
  stream: fc.string({ minLength: 1, unit: 'binary' }),
  revision: fc.bigInt(0n, endOfStream),
  created: fc.bigInt(0n, endOfStream),
})

const read = (bytes: Uint8Array) => ReadResp.deserializeBinary(new Uint8Array(bytes)).getEvent()

describe('an encoded event', () => {
  it('reads back as the same event, also beside a link', () => {
    fc.assert(
      fc.property(event, fc.option(event, { nil: undefined }), (original, link) => {
        const decoded = read(encodeEvent({ event: original, ...(link === undefined ? {} : { link }) }))
        expect(decoded?.getCommitPosition()).to.equal(String((link ?? original).position))
        const parts = [
          [original, decoded?.getEvent()],
          [link, decoded?.getLink()],
        ] as const
        for (const [from, to] of parts) {
          expect(to?.getId()?.getString()).to.equal(from?.id)
          expect(to?.getStreamRevision()).to.equal(from && String(from.revision))
          expect(to?.getPreparePosition()).to.equal(from && String(from.position))
          expect(to && Buffer.from(to.getData_asU8())).to.deep.equal(from && Buffer.from(from.data))
          expect(to && Buffer.from(to.getCustomMetadata_asU8())).to.deep.equal(from && Buffer.from(from.metadata))
        }
      }),
    )
  })

  it('is the message that the protobuf library makes, but for the id', () => {
    fc.assert(
      fc.property(event, (original) => {
        const byLibrary = eventMessage({ event: original }, true)
        const [byHand, other] = [encodeEvent({ event: original }), byLibrary].map((one) =>
          read(Buffer.isBuffer(one) ? one : one.serializeBinary())?.getEvent(),
        )
        byHand?.clearId()
        other?.clearId()
        expect(byHand?.toObject()).to.deep.equal(other?.toObject())
      }),
    )
  })
})
