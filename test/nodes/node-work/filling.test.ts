import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import { derivedId, OrganizationId } from '../../../src/domain/ids'
import type { JsonObject } from '../../../src/domain/json'
import { fillingIn } from '../../../src/nodes/node-work/filling'
import { timeOf } from '../../../src/nodes/texts/fill-in'
import { nodeTypeOf } from '../../../src/nodes/registry'
import type { References, StepStop } from '../../../src/nodes/steps/step-run'
import { endless, hanging, manyNames, manyWords, slow } from '../../support/hard-texts'
import { connectionId, organizationId, templateId } from '../../support/node-run'
import { until } from '../../support/until'
import { watchedThreads } from '../../support/watched-threads'

const typeOf = (name: string) => {
  const type = nodeTypeOf(name)
  if (type === undefined) throw new Error(`no node type ${name}`)
  return type
}

const email = (config: JsonObject = {}) => ({
  name: 'email',
  config: { connection_id: connectionId, to: ['ana@example.com'], subject_template: 'Contract', ...config },
})

const step = { label: 'Send' }
const references = (trigger: JsonObject): References => ({ trigger, step: { 1: { source_object_type: 'manual' } } })

describe('texts filled in beside the event loop', function () {
  this.timeout(120_000)
  const { seen, start, close } = watchedThreads()

  type Wanted = { readonly name: string; readonly config: JsonObject }

  const given = (options: Parameters<typeof start>[0] = {}, ms = 30_000) => {
    const fill = fillingIn(start(options), ms)
    return ({ name, config }: Wanted, trigger: JsonObject, signal = new AbortController().signal) =>
      fill({
        type: typeOf(name),
        config,
        references: references(trigger),
        step,
        owner: derivedId(OrganizationId, organizationId, 'owner'),
        signal,
      })()
  }

  const faultOf = (result: E.Either<StepStop, unknown>): unknown => {
    if (E.isRight(result)) return result
    const stop = result.left
    return stop._tag === 'StepFault' ? [stop.fault.code, stop.retryable] : stop
  }

  it('start no thread for what is surely small', async () => {
    const filled = await given()(email({ body_template: 'Hi {{trigger.name}}, {{step.1.source_object_type}}' }), {
      name: 'Ana',
    })
    expect(filled).to.nested.include({ 'right.body': 'Hi Ana, manual' })
    expect(seen.workers).to.have.length(0)
  })

  const names = manyNames(100_000)
  const document = (config: JsonObject) => ({
    name: 'uploaded-document',
    config: { template_id: templateId, ...config },
  })
  const mappings = (count: number, source: (i: number) => string) =>
    Array.from({ length: count }, (_, i) => ({ template_tag: `t${i}.a`, source_field: source(i) }))
  const alike: ReadonlyArray<readonly [what: string, wanted: Wanted, trigger: JsonObject]> = [
    [
      'an e-mail',
      email({ body_template: '{% if trigger.a %}<b>{{ trigger.a }}</b>{% endif %}', body_type: 'html' }),
      { a: '<x>' },
    ],
    ['recipients that are none', email({ cc: ['{{ trigger.a | downcase }}'] }), { a: 'NOBODY' }],
    ['a missing value', email({ subject_template: '{{ trigger.none | upcase }}' }), {}],
    ['a value that is no text', email({ subject_template: '{{ trigger.a | reverse }}' }), { a: [1] }],
    [
      'a folder',
      { name: 'storage', config: { connection_id: connectionId, folder: 'a/{{ trigger.a | upcase }}' } },
      { a: 'b' },
    ],
    [
      'a folder that climbs',
      { name: 'storage', config: { connection_id: connectionId, folder: '{{ trigger.a | append: "/.." }}' } },
      { a: 'b' },
    ],
    [
      'a question',
      {
        name: 'review-documents',
        config: { approver_emails: ['{{ trigger.a | downcase }}'], message_template: 'See {{trigger.b}}' },
      },
      { a: 'ANA@EXAMPLE.COM', b: 1 },
    ],
    ['half a megabyte', email({ body_template: '{{ trigger.a | replace: "x", "yy" }}' }), { a: 'x,'.repeat(250_000) }],
    [
      'the data of a document, 500 mappings over 100,000 names',
      document({
        output_name_template: '{{ trigger.k1 | plus: 1 }}',
        field_mappings: mappings(500, (i) => `trigger.k${i.toString(36)}`),
      }),
      names,
    ],
    [
      'data that is mapped too often',
      document({ field_mappings: mappings(500, () => 'trigger.all') }),
      { all: manyNames(50_000) },
    ],
  ]
  it('give in a thread what they would give here', async () => {
    const run = given()
    for (const [what, wanted, trigger] of alike) {
      const before = seen.messages
      const filling = { references: references(trigger), step, msLeft: timeOf(30_000) }
      const here = typeOf(wanted.name).fill(wanted.config, filling)
      expect(await run(wanted, trigger), what).to.deep.equal(here)
      expect(seen.messages, what).to.be.greaterThan(before)
    }
  })

  it('have one time, all texts of a node together', async () => {
    const run = given({}, 300)
    const good = Array.from(
      { length: 50 },
      (_, i) => `${slow.replace('{{', '{% assign x =').replace('}}', '%}')}a${i}@example.com`,
    )
    expect(faultOf(await run(email({ to: good, cc: good, bcc: good }), {}))).to.deep.equal(['timeout', true])
    expect(seen.workers).to.have.length(1)
  })

  it('end with what has no end, and with what does not look at the time', async () => {
    const run = given({}, 300)
    expect(faultOf(await run(email({ body_template: endless }), {}))).to.deep.equal(['timeout', true])
    expect(seen.workers).to.have.length(1)
    expect(faultOf(await run(email({ body_template: hanging }), manyWords))).to.deep.equal(['timeout', true])
    expect(seen.workers[0]?.threadId).to.equal(-1)
    expect(E.isRight(await run(email({ subject_template: '{{ "a" | upcase }}' }), {}))).to.equal(true)
  })

  it('whose thread is killed or has no memory left fail their step', async () => {
    const killed = given()(email({ body_template: hanging }), manyWords)
    await until(() => seen.messages === 1)
    await seen.workers[0]?.terminate()
    expect(faultOf(await killed)).to.deep.equal(['internal_error', false])
    await close()
    const list = { list: Array.from({ length: 330_000 }, () => ({})) }
    expect(faultOf(await given({ heapMb: 24 })(email({ subject_template: '{{ "a" | upcase }}' }), list))).to.deep.equal(
      ['data.payload_too_large', false],
    )
  })

  it('that are stopped, not begun, or ended with the process have not failed', async () => {
    const run = given({ queue: 0 })
    const stop = new AbortController()
    const stopped = run(email({ body_template: hanging }), manyWords, stop.signal)
    const another = await run(email({ body_template: hanging }), manyWords)
    expect(faultOf(another)).to.deep.equal({ _tag: 'Unavailable', reason: 'no thread for texts: QueueFull' })
    stop.abort()
    expect(faultOf(await stopped)).to.deep.equal({ _tag: 'LookAgain' })
    const ended = run(email({ body_template: hanging }), manyWords)
    await close()
    expect(faultOf(await ended)).to.deep.equal({ _tag: 'Unavailable', reason: 'no thread for texts: Closed' })
  })
})
