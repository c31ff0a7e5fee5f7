import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import { derivedId, NodeId, OrganizationId } from '../../../src/domain/ids'
import type { JsonObject } from '../../../src/domain/json'
import type { UsedTemplate } from '../../../src/nodes/contract'
import type { TemplateNode } from '../../../src/domain/template'
import {
  type Checks,
  checksIn,
  decodeNodes,
  preflight,
  type PreflightFacts,
  wholeRun,
} from '../../../src/nodes/preflight'
import { endless, hanging, manyNames, manyWords, slow } from '../../support/hard-texts'
import { connectionId, connectionOf, organizationId, templateId } from '../../support/node-run'
import { until } from '../../support/until'
import { watchedThreads } from '../../support/watched-threads'

const tag = (path: string): TemplateNode => ({ kind: 'tag', path })
const rows = (...paths: ReadonlyArray<string>): TemplateNode => ({
  kind: 'section',
  path: 'rows',
  inverted: false,
  children: paths.map(tag),
})

const templateWith = (...tree: ReadonlyArray<TemplateNode>): UsedTemplate => ({
  newest: 1,
  version: { version: 1, sha256: '0', size: 1, file_name: 'a.docx', tags: [], loops: [], tree, warnings: [] },
})

const smtp = connectionOf('smtp', { host: 'mail.example.com', port: 25, from: 'docs@example.com' })
const manual = { node_type: 'manual', label: 'Start', config: {} }
const document = (config: JsonObject = {}) => ({
  node_type: 'uploaded-document',
  label: 'Generate',
  config: { template_id: templateId, ...config },
})
const email = (label: string, config: JsonObject = {}) => ({
  node_type: 'email',
  label,
  config: { connection_id: connectionId, to: ['ana@example.com'], subject_template: 'Contract', ...config },
})

const nodesOf = (...drawn: ReadonlyArray<unknown>) => {
  let drawnBefore = 0
  const nodes = decodeNodes(drawn, () => derivedId(NodeId, organizationId, String((drawnBefore += 1))))
  if (E.isLeft(nodes)) throw new Error(JSON.stringify(nodes.left))
  return nodes.right
}

const factsWith = (trigger: JsonObject, template?: UsedTemplate): PreflightFacts => ({
  trigger,
  templates: template === undefined ? {} : { [templateId]: template },
  connections: { [connectionId]: smtp },
  canMail: true,
})

const short = { nodeMs: 300, wholeMs: 20_000, waitMs: 60_000 }
const generous = { nodeMs: 30_000, wholeMs: 60_000, waitMs: 60_000 }

describe('checks beside the event loop', function () {
  this.timeout(120_000)
  const { seen, start } = watchedThreads()

  type Asked = { readonly drawn: ReadonlyArray<unknown>; readonly facts: PreflightFacts; readonly owner?: string }

  const asked = (checks: Checks, { drawn, facts, owner = 'ours' }: Asked, signal?: AbortSignal) =>
    checks({
      nodes: nodesOf(...drawn),
      facts,
      purpose: wholeRun,
      owner: derivedId(OrganizationId, organizationId, owner),
      ...(signal === undefined ? {} : { signal }),
    })()

  const found = async (checks: Checks, wanted: Asked) => {
    const result = await asked(checks, wanted)
    if (E.isLeft(result)) throw new Error(result.left.reason)
    return result.right
  }

  const codes = async (checks: Checks, drawn: ReadonlyArray<unknown>, facts: PreflightFacts) =>
    (await found(checks, { drawn, facts })).map(({ position, code }) => `${position} ${code}`)

  describe('of what is surely small', () => {
    it('start no thread', async () => {
      const facts = factsWith({ email: 'ana@example.com', rows: [{ a: 1 }] }, templateWith(rows('a', 'b'), tag('c')))
      const drawn = [
        manual,
        document(),
        email('Send', { to: ['{{trigger.email}}'], body_template: 'Hi {{trigger.x}}' }),
      ]
      const verdict = await found(checksIn(start()), { drawn, facts })
      expect(seen.workers).to.have.length(0)
      expect(verdict.map(({ code }) => code).sort()).to.deep.equal([
        'data.unresolved_variable',
        'data.unresolved_variable',
        'template.unmapped_tag',
      ])
    })
  })

  describe('of anything else', () => {
    const big = manyNames(100_000)
    const mapping = (_: unknown, i: number) => ({ template_tag: `t${i}.a`, source_field: `trigger.k${i.toString(36)}` })
    const half = 'x,'.repeat(250_000)
    const alike: ReadonlyArray<readonly [what: string, drawn: ReadonlyArray<unknown>, facts: PreflightFacts]> = [
      [
        '500 mappings over 100,000 names',
        [manual, document({ field_mappings: Array.from({ length: 500 }, mapping) })],
        factsWith(big, templateWith(tag('t1.a'), tag('t499.a'), tag('t500.a'), tag('kzz'))),
      ],
      [
        'filters on half a megabyte',
        [
          manual,
          email('A', { body_template: '{{ trigger.text | split: "," | join: "-" | replace: "x", "yy" }}' }),
          email('B', { body_template: '{{ trigger.text | split: "," }}{{ trigger.none }}' }),
        ],
        factsWith({ text: half }),
      ],
      [
        'a template of 500 tags and 5,000 rows',
        [manual, document()],
        factsWith(
          { rows: Array.from({ length: 5_000 }, () => ({ a: 1 })) },
          templateWith(rows(...Array.from({ length: 500 }, (_, i) => `f${i}`))),
        ),
      ],
      [
        'a condition, for which no cost is known',
        [manual, email('A', { subject_template: '{% if trigger.a %}{{ trigger.b }}{% endif %}' })],
        factsWith({ a: 1 }),
      ],
      [
        'what refers to other steps',
        [manual, email('A', { subject_template: '{{ step.1.a | upcase }}{{step.9.b}}' })],
        factsWith({}),
      ],
      [
        'a workflow with too many findings',
        [
          manual,
          document(),
          ...Array.from({ length: 3 }, (_, i) => email(`${i}`, { to: [`x${' '.repeat(i)}{{trigger.x|upcase}}`] })),
        ],
        factsWith({}, templateWith(...Array.from({ length: 300 }, (_, i) => tag(`f${i}`)))),
      ],
    ]
    it('find in a thread what they would find here', async () => {
      const checks = checksIn(start(), generous)
      for (const [what, drawn, facts] of alike) {
        const before = seen.messages
        expect(await found(checks, { drawn, facts }), what).to.deep.equal(
          preflight(nodesOf(...drawn), facts, wholeRun, generous.nodeMs),
        )
        expect(seen.messages, what).to.be.greaterThan(before)
      }
    })

    it('give 152 slow texts of a node one time together, and check the other nodes', async () => {
      const many = { to: Array.from({ length: 50 }, () => slow), cc: Array.from({ length: 50 }, () => slow) }
      const drawn = [
        manual,
        email('Slow', {
          ...many,
          bcc: Array.from({ length: 50 }, () => slow),
          subject_template: slow,
          body_template: slow,
        }),
        email('Good'),
        email('Bad', { to: ['nobody'] }),
      ]
      expect(await codes(checksIn(start(), short), drawn, factsWith({}))).to.include.members([
        '2 data.check_unfinished',
        '4 delivery.recipient_invalid',
      ])
      expect(seen.workers).to.have.length(1)
    })

    it('end with what has no end: it blocks, the thread stays, the other nodes are checked', async () => {
      const drawn = [
        manual,
        email('Endless', { body_template: endless }),
        email('Endless, of another step', { body_template: `{{ step.1.source_object_id }}${endless}` }),
        email('Bad', { to: ['nobody'] }),
      ]
      const verdict = await found(checksIn(start(), short), { drawn, facts: factsWith({}) })
      expect(verdict.map(({ code, severity, params }) => [code, severity, params['label'] ?? ''])).to.deep.equal([
        ['data.check_unfinished', 'blocking', 'Endless'],
        ['data.check_unfinished', 'blocking', 'Endless, of another step'],
        ['delivery.recipient_invalid', 'blocking', ''],
      ])
      expect(seen.workers).to.have.length(1)
    })

    it('end with what does not look at the time: its thread is replaced, the other nodes are checked', async () => {
      const drawn = [manual, email('Hangs', { body_template: hanging }), email('Bad', { to: ['nobody'] })]
      expect(await codes(checksIn(start(), short), drawn, factsWith(manyWords))).to.deep.equal([
        '2 data.check_unfinished',
        '3 delivery.recipient_invalid',
      ])
      expect(seen.workers).to.have.length(2)
      expect(seen.workers[0]?.threadId).to.equal(-1)
    })

    it('have a time for all nodes together; nodes that are not reached are not taken for good', async () => {
      const drawn = [manual, ...Array.from({ length: 6 }, (_, i) => email(`${i}`, { body_template: endless }))]
      const checks = checksIn(start(), { nodeMs: 100, wholeMs: 250, waitMs: 60_000 })
      const verdict = await found(checks, { drawn, facts: factsWith({}) })
      expect(verdict.map(({ code, position }) => [code, position])).to.deep.equal(
        [2, 3, 4, 5, 6, 7].map((position) => ['data.check_unfinished', position]),
      )
      expect(verdict.map(({ tech }) => tech)).to.include('not reached within 250 ms')
    })

    it('leave the event loop to others meanwhile', async () => {
      let [turns, over] = [0, false]
      const turn = () => {
        turns += 1
        if (!over) setImmediate(turn)
      }
      setImmediate(turn)
      await found(checksIn(start(), short), {
        drawn: [manual, email('A', { body_template: endless })],
        facts: factsWith({}),
      })
      over = true
      expect(turns).to.be.greaterThan(100)
    })
  })

  describe('whose thread', () => {
    const drawn = [
      manual,
      email('A', { body_template: hanging }),
      email('B', { body_template: '{{trigger.a|upcase}}' }),
    ]

    it('is killed: that node blocks, the others are checked', async () => {
      const checked = codes(checksIn(start(), generous), drawn, factsWith(manyWords))
      // ready, and the answer of the first node
      await until(() => seen.messages === 2)
      await seen.workers[0]?.terminate()
      expect(await checked).to.deep.equal(['2 data.check_unfinished', '3 data.unresolved_variable'])
    })

    it('has no memory left: what it was at blocks, and the next has another thread', async () => {
      const checks = checksIn(start({ heapMb: 24 }), generous)
      const heavy = factsWith({ list: Array.from({ length: 330_000 }, () => ({})) })
      const upper = [manual, email('A', { body_template: '{{trigger.a|upcase}}' })]
      expect(await codes(checks, upper, heavy)).to.deep.equal(['1 data.check_unfinished', '2 data.check_unfinished'])
      expect(await codes(checks, upper, factsWith({ a: 'x' }))).to.deep.equal([])
    })

    it('is stopped by the signal: nothing is said of any node', async () => {
      const stop = new AbortController()
      const checked = asked(checksIn(start(), generous), { drawn, facts: factsWith(manyWords) }, stop.signal)
      await until(() => seen.workers.length > 0)
      stop.abort()
      expect(await checked).to.deep.include({ _tag: 'Left' })
      await until(() => seen.workers[0]?.threadId === -1)
    })

    it('is not there, or is ended with the process: nothing is said of any node', async () => {
      const pool = start()
      const checks = checksIn(pool, generous)
      const checked = asked(checks, { drawn, facts: factsWith(manyWords) })
      await until(() => seen.workers.length > 0)
      await pool.close()
      const gone = E.left({ _tag: 'ChecksUnavailable', reason: 'no thread: Closed' })
      expect(await checked).to.deep.equal(gone)
      expect(await asked(checks, { drawn, facts: factsWith(manyWords) })).to.deep.equal(gone)
    })
  })

  describe('while all threads are busy', () => {
    const node = email('A', { body_template: '{{trigger.a|upcase}}' })
    const facts = factsWith({ a: 'x' })

    it('wait, node by node and in turn with those of others', async () => {
      const checks = checksIn(start(), generous)
      const done: string[] = []
      const ask = async (owner: string, nodes: number) => {
        await found(checks, { drawn: [manual, ...Array.from({ length: nodes }, () => node)], facts, owner })
        done.push(owner)
      }
      await Promise.all([ask('long', 20), ask('long too', 20), ask('short', 1)])
      expect(done[0]).to.equal('short')
      expect(seen.workers).to.have.length(1)
    })

    it('are refused when too many wait, or when they wait for too long', async () => {
      const hung = { drawn: [manual, email('A', { body_template: hanging })], facts: factsWith(manyWords) }
      const few = checksIn(start({ queue: 2, waitMs: 50 }), generous)
      const stop = new AbortController()
      const working = asked(few, hung, stop.signal)
      const waits = asked(few, { drawn: [manual, node], facts, owner: 'a' })
      const refused = asked(few, { drawn: [manual, node], facts, owner: 'a' })
      const reason = (result: Awaited<typeof waits>) => E.isLeft(result) && result.left.reason
      expect(reason(await refused)).to.equal('no thread: QueueFull')
      expect(reason(await waits)).to.equal('no thread: WaitedTooLong')
      stop.abort()
      await working
    })
  })
})
