import { randomUUID } from 'node:crypto'
import {
  type BatchAppendReq,
  BatchAppendReq as Request,
  type BatchAppendResp,
} from '@eventstore/db-client/generated/streams_pb'
import { Empty } from 'google-protobuf/google/protobuf/empty_pb'
import { Timestamp } from 'google-protobuf/google/protobuf/timestamp_pb'
import { binaryEvent } from '@eventstore/db-client'
import { expect } from 'chai'
import { Client } from 'pg'
import { streamIdentifier, wireUuid } from '../../../src/embedded/event-store/wire'
import { collect, eventually, newStream, rejection, runningServer, someEvent, someEvents } from './running'

const limit = 1_048_576
const unary = { credentials: { username: 'admin', password: 'changeit' } }
const sized = (bytes: number) => binaryEvent({ type: 'Sized', data: Buffer.alloc(bytes) })

describe('appends', () => {
  const running = runningServer()

  it('that wait together are committed together', async () => {
    const { client, databaseUrl } = running()
    const stream = newStream()
    await Promise.all(Array.from({ length: 300 }, (_, n) => client.appendToStream(`${stream}-${n % 50}`, someEvent())))
    const admin = new Client({ connectionString: databaseUrl })
    await admin.connect()
    const { rows } = await admin.query<{ events: string; commits: string }>(
      'select count(*) as events, count(distinct xmin::text) as commits from event_log where starts_with(stream, $1)',
      [stream],
    )
    await admin.end()
    expect(Number(rows[0]?.events)).to.equal(300)
    expect(Number(rows[0]?.commits)).to.be.below(60)
  })

  it('of the same stream at the same time: one of those that expect the same revision wins', async () => {
    const { client } = running()
    const stream = newStream()
    const race = Array.from({ length: 20 }, () =>
      client.appendToStream(stream, someEvent(), { expectedRevision: 'no_stream' }),
    )
    const results = await Promise.allSettled(race)
    expect(results.filter((result) => result.status === 'fulfilled')).to.have.length(1)
    expect(await collect(client.readStream(stream))).to.have.length(1)
  })

  it('the same one many times at once: stored once, one answer for all', async () => {
    const { client } = running()
    const stream = newStream()
    const events = someEvents(3)
    const same = Array.from({ length: 20 }, () =>
      client.appendToStream(stream, events, { expectedRevision: 'no_stream' }),
    )
    const answers = await Promise.all(same)
    expect(new Set(answers.map((answer) => `${answer.nextExpectedRevision} ${answer.position?.commit}`)).size).to.equal(
      1,
    )
    expect(await collect(client.readStream(stream))).to.have.length(3)
  })

  for (const [name, options] of [
    ['BatchAppend', {}],
    ['Append', unary],
  ] as const) {
    it(`${name}: 2,500 events of together 0.96 MB`, async () => {
      const { client } = running()
      const stream = newStream()
      const events = Array.from({ length: 2500 }, () => sized(384))
      const { nextExpectedRevision } = await client.appendToStream(stream, events, options)
      expect(nextExpectedRevision).to.equal(2499n)
      const stored = await collect(client.readStream(stream))
      expect(stored.map(({ event }) => event?.id)).to.deep.equal(events.map((event) => event.id))
    }).timeout(30_000)

    it(`${name}: data of exactly the limit passes, a byte more does not`, async () => {
      const { client } = running()
      const stream = newStream()
      await client.appendToStream(stream, [sized(limit - 10), sized(10)], options)
      const refused = await rejection(client.appendToStream(stream, [sized(limit - 10), sized(11)], options))
      expect(refused.constructor.name).to.equal('MaxAppendSizeExceededError')
      expect(refused).to.have.property('maxAppendSize', limit)
      const [first] = await collect(client.readStream(stream))
      expect(first?.event?.data).to.have.length(limit - 10)
      expect(await collect(client.readStream(stream))).to.have.length(2)
    }).timeout(20_000)

    it(`${name}: names in other scripts, also in errors`, async () => {
      const { client } = running()
      const stream = `Ação 漢字 👍 ${randomUUID()}`
      await client.appendToStream(stream, someEvent({ text: 'é漢\u0000' }), options)
      const [first] = await collect(client.readStream(stream))
      expect(first?.event?.streamId).to.equal(stream)
      expect(first?.event?.data).to.deep.equal({ text: 'é漢\u0000' })
      const conflict = client.appendToStream(stream, someEvent(), { ...options, expectedRevision: 7n })
      expect(await rejection(conflict)).to.include({ streamName: stream, actualVersion: 0n })
      await client.tombstoneStream(stream)
      const gone = await rejection(client.appendToStream(stream, someEvent(), options))
      expect(gone.constructor.name).to.equal('StreamDeletedError')
    })
  }

  it('that cannot be stored do not harm those beside them', async () => {
    const { client } = running()
    const stream = newStream()
    const bad = [`a\0${stream}`, 'x'.repeat(3000), ''].map((name) =>
      rejection(client.appendToStream(name, someEvent())),
    )
    const good = Array.from({ length: 20 }, (_, n) => client.appendToStream(`${stream}-${n}`, someEvent()))
    await Promise.all(good)
    for (const error of await Promise.all(bad)) expect(error.message).to.match(/stream needs a name|NUL|2048 bytes/)
  })

  it('to $all are denied', async () => {
    const refused = await rejection(running().client.appendToStream('$all', someEvent()))
    expect(refused.constructor.name).to.equal('AccessDeniedError')
  })
})

describe('BatchAppend on the wire', () => {
  const running = runningServer()

  interface Chunk {
    readonly id: string
    readonly stream?: string
    readonly types?: ReadonlyArray<string>
    readonly final?: boolean
    readonly deadlineMs?: number
  }

  const chunk = ({ id, stream, types = [], final = false, deadlineMs }: Chunk): BatchAppendReq => {
    const request = new Request().setCorrelationId(wireUuid(id, false)).setIsFinal(final)
    for (const type of types) {
      const message = new Request.ProposedMessage().setId(wireUuid(randomUUID(), true)).setData(Buffer.from('{}'))
      message.getMetadataMap().set('content-type', 'application/json')
      if (type !== '') message.getMetadataMap().set('type', type)
      request.addProposedMessages(message)
    }
    if (stream === undefined) return request
    const options = new Request.Options().setStreamIdentifier(streamIdentifier(stream)).setAny(new Empty())
    if (deadlineMs !== undefined) options.setDeadline(Timestamp.fromDate(new Date(Date.now() + deadlineMs)))
    return request.setOptions(options)
  }

  const outcome = (response: BatchAppendResp): string =>
    response.getError()?.getDetails()?.getTypeName().split('.').at(-1) ??
    `revision ${response.getSuccess()?.getCurrentRevision()}`

  /** Sends the chunks, waits for so many answers, half-closes, and gives all answers by correlation id. */
  const exchange = async (chunks: ReadonlyArray<BatchAppendReq>, answersBeforeEnd: number) => {
    const answers: Array<readonly [string, string]> = []
    const call = running().raw.batchAppend()
    const ended = new Promise<void>((resolve, reject) => call.on('end', resolve).on('error', reject))
    call.on('data', (response: BatchAppendResp) => {
      answers.push([response.getCorrelationId()?.getString() ?? '', outcome(response)])
    })
    for (const request of chunks) call.write(request)
    await eventually(() => answers.length >= answersBeforeEnd)
    call.end()
    await ended
    return answers
  }

  const [a, b, c] = [randomUUID(), randomUUID(), randomUUID()]

  it('chunks of several appends may interleave', async () => {
    const stream = newStream()
    const answers = await exchange(
      [
        chunk({ id: a, stream }),
        chunk({ id: b, stream: `${stream}-b`, types: ['T'] }),
        chunk({ id: a, types: ['T', 'T'] }),
        chunk({ id: b, final: true }),
        chunk({ id: a, types: ['T'], final: true }),
      ],
      2,
    )
    expect(answers).to.have.deep.members([
      [b, 'revision 0'],
      [a, 'revision 2'],
    ])
  })

  it('a deadline in the past is a time-out at once, and what follows for it is ignored', async () => {
    const stream = newStream()
    const late = [chunk({ id: a, stream, types: ['T'], deadlineMs: -1 }), chunk({ id: a, types: ['T'], final: true })]
    expect(await exchange([...late, chunk({ id: b, stream, types: ['T'], final: true })], 2)).to.deep.equal([
      [a, 'Timeout'],
      [b, 'revision 0'],
    ])
  })

  it('a final chunk that does not come is a time-out, once', async () => {
    const stream = newStream()
    const answers = await exchange([chunk({ id: a, stream, types: ['T'], deadlineMs: 150 })], 1)
    expect(answers).to.deep.equal([[a, 'Timeout']])
  })

  it('an event without a type is a bad request, once; the id may be used again', async () => {
    const stream = newStream()
    const answers = await exchange(
      [
        chunk({ id: a, stream, types: [''] }),
        chunk({ id: a, types: ['T'], final: true }),
        chunk({ id: a, stream, types: ['T'], final: true }),
      ],
      2,
    )
    expect(answers).to.deep.equal([
      [a, 'BadRequest'],
      [a, 'revision 0'],
    ])
  })

  it('options sent again for an open id, and chunks for unknown ids, are ignored', async () => {
    const stream = newStream()
    const answers = await exchange(
      [
        chunk({ id: c, types: ['T'], final: true }),
        chunk({ id: a, stream, types: ['T'] }),
        chunk({ id: a, stream: `${stream}-other`, types: ['T'], final: true }),
      ],
      1,
    )
    expect(answers).to.deep.equal([[a, 'revision 1']])
    expect(await collect(running().client.readStream(stream))).to.have.length(2)
  })

  it('after a half-close everything is answered, then the call ends', async () => {
    const stream = newStream()
    const answers = await exchange(
      [chunk({ id: a, stream, types: ['T'], final: true }), chunk({ id: b, stream, types: ['T'] })],
      0,
    )
    expect(answers).to.have.deep.members([
      [a, 'revision 0'],
      [b, 'Timeout'],
    ])
  })

  it('commits in the order in which the appends became final', async () => {
    const stream = newStream()
    const ids = Array.from({ length: 60 }, () => randomUUID())
    const answers = await exchange(
      ids.map((id) => chunk({ id, stream, types: ['T'], final: true })),
      60,
    )
    expect(answers).to.deep.equal(ids.map((id, n) => [id, `revision ${n}`]))
  })
})
