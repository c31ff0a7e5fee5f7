import { expect } from 'chai'
import { createParser, type EventSourceMessage } from 'eventsource-parser'
import fc from 'fast-check'
import type { Json } from '../../../src/domain/event-store'
import { readerWith } from '../../../src/domain/visibility'
import { formatLiveId, messagesOf, shownMessage } from '../../../src/projections/live/message'
import { controlEvent, heartbeatLine, messageEvent, retryLine } from '../../../src/api/sse/wire'
import { created } from '../../support/runs'
import { anyHistory, recordedAll } from '../../projections/live/histories'

const admin = readerWith(['admin'], 'en')

const parsed = (text: string) => {
  const events: EventSourceMessage[] = []
  const retries: number[] = []
  const faults: string[] = []
  createParser({
    onEvent: (event) => events.push(event),
    onRetry: (ms) => retries.push(ms),
    onError: ({ message }) => faults.push(message),
  }).feed(text)
  return { events, retries, faults }
}

const [frame] = messagesOf(recordedAll([created]))

describe('the wire', () => {
  it('has event, data and id in this order, LF only, and a blank line', () => {
    const text = messageEvent(frame!, admin)
    expect(text).to.match(/^event: execution\.created\ndata: \{"schema_version":1,[^\n\r]*\}\nid: 1-0\n\n$/)
  })

  it('repeats no id in control events, and keeps heartbeats to one line', () => {
    expect(controlEvent('connected', { cursor: null })).to.equal('event: connected\ndata: {"cursor":null}\n\n')
    expect(heartbeatLine).to.match(/^:[^\n]*\n$/)
    expect(retryLine(2_500.4)).to.equal('retry: 2500\n')
  })

  it('gives a reader back what was sent, whatever the text, between retries and heartbeats', () => {
    const wild = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\r\n', '\r', '\u2028', '\ufeff', '\u0000', 'data: x\n\nid: 9-9\n\n'),
    )
    fc.assert(
      fc.property(fc.array(wild, { minLength: 1, maxLength: 5 }), (texts) => {
        const data: Json = { texts }
        const wire = retryLine(1) + heartbeatLine + controlEvent('x', data) + heartbeatLine + controlEvent('y', data)
        const { events, retries, faults } = parsed(wire)
        expect(faults).to.deep.equal([])
        expect(retries).to.deep.equal([1])
        expect(events.map(({ event, id }) => [event, id])).to.deep.equal([
          ['x', undefined],
          ['y', undefined],
        ])
        for (const event of events) expect(JSON.parse(event.data)).to.deep.equal(JSON.parse(JSON.stringify(data)))
      }),
    )
  })

  it('never gives half an event, nor an id without its event, wherever it is cut', () => {
    fc.assert(
      fc.property(anyHistory(10), fc.double({ min: 0, max: 1, noNaN: true }), (history, share) => {
        const frames = messagesOf(history)
        const blocks = frames.map((each) => messageEvent(each, admin))
        const whole = Buffer.from(blocks.join(''))
        const cut = Math.floor(whole.length * share)
        let end = 0
        const complete = blocks.filter((block) => (end += Buffer.byteLength(block)) <= cut)
        const { events } = parsed(whole.subarray(0, cut).toString('latin1'))
        expect(events.map(({ id }) => id)).to.deep.equal(
          frames.slice(0, complete.length).map(({ id }) => formatLiveId(id)),
        )
      }),
    )
  })

  it('is made once for all readers of a kind', () => {
    const other = readerWith(['viewer'], 'en')
    expect(messageEvent(frame!, admin)).to.equal(messageEvent(frame!, readerWith(['auditor'], 'en')))
    expect(JSON.parse(parsed(messageEvent(frame!, other)).events[0]!.data)).to.deep.equal(
      shownMessage(frame!.message, other),
    )
  })
})
