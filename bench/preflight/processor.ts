import { createRequire } from 'node:module'
import * as E from 'fp-ts/Either'
import type { JsonObject } from '../../src/domain/json'
import type { UsedTemplate } from '../../src/nodes/contract'
import type { TemplateNode } from '../../src/domain/template'
import type * as Cost from '../../src/nodes/node-work/cost'
import type * as Preflight from '../../src/nodes/preflight'
import { connectionId, connectionOf, organizationId, templateId } from '../../test/support/node-run'
import { atMost } from '../aim'
import type { Bench } from '../part'
import { ms, row } from '../row'

// as it runs in the product: compiled
const load = createRequire(__filename)
const { checksIn, decodeNodes, nodeThreads, preflight, wholeRun } = load(
  '../../dist/nodes/preflight',
) as typeof Preflight
const { costing } = load('../../dist/nodes/node-work/cost') as typeof Cost

/** Processor time of one, of this process with its threads, after it was done some times, ms. */
const processorTime = async (count: number, work: () => unknown): Promise<number> => {
  for (let i = 0; i < Math.ceil(count / 5); i += 1) await work()
  const before = process.cpuUsage()
  for (let i = 0; i < count; i += 1) await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000 / count
}

const tag = (path: string): TemplateNode => ({ kind: 'tag', path })
const rows = (path: string, children: ReadonlyArray<TemplateNode>): TemplateNode => ({
  kind: 'section',
  path,
  inverted: false,
  children,
})

const templateWith = (...tree: ReadonlyArray<TemplateNode>): UsedTemplate => ({
  newest: 1,
  version: { version: 1, sha256: '0', size: 1, file_name: 'a.docx', tags: [], loops: [], tree, warnings: [] },
})

const manual = { node_type: 'manual', label: 'Start', config: {} }
const document = (config: JsonObject = {}) => ({
  node_type: 'uploaded-document',
  label: 'Generate',
  config: { template_id: templateId, ...config },
})
const email = (config: JsonObject) => ({
  node_type: 'email',
  label: 'Send',
  config: { connection_id: connectionId, subject_template: 'x', ...config },
})

const nodesOf = (drawn: ReadonlyArray<unknown>) => {
  const nodes = decodeNodes(drawn)
  if (E.isLeft(nodes)) throw new Error(JSON.stringify(nodes.left))
  return nodes.right
}

type Checked = { readonly drawn: ReadonlyArray<unknown>; readonly trigger: JsonObject; readonly template: UsedTemplate }

const checkedOf = ({ drawn, trigger, template }: Checked) => ({
  nodes: nodesOf(drawn),
  facts: {
    trigger,
    templates: { [templateId]: template },
    connections: { [connectionId]: connectionOf('smtp', { host: 'a.example', port: 25, from: 'a@example.com' }) },
    canMail: true,
  },
  purpose: wholeRun,
  owner: organizationId,
})

/** As the demo's. */
const usual: Checked = {
  drawn: [
    manual,
    document({
      output_name_template: 'contract-{{trigger.deal_id}}',
      field_mappings: [{ template_tag: 'client_name', source_field: 'trigger.client.name' }],
    }),
    email({
      to: ['{{trigger.recipient_email}}'],
      subject_template: 'Contract {{trigger.deal_id}}',
      body_template: '<p>Dear {{trigger.client.name}}, your contract is attached.</p>',
      body_type: 'html',
      attachments: ['previous'],
    }),
  ],
  trigger: {
    deal_id: '123',
    recipient_email: 'ana@example.com',
    client: { name: 'Ana' },
    items: [
      { description: 'A', price: 1 },
      { description: 'B', price: 2 },
    ],
    total: 3,
  },
  template: templateWith(
    ...['deal_id', 'client_name', 'recipient_email', 'total'].map(tag),
    rows('items', ['description', 'price'].map(tag)),
  ),
}

const few = templateWith()
/** Of as many letters of its own script as may come to an address. */
const longDomain = (): string =>
  Array.from({ length: 950 }, (_, i) => String.fromCodePoint(0x4e00 + ((i * 7_919) % 20_000))).join('')
let unique = 0
/** Nodes near the limit of what is checked where it is asked for, each in another way. */
const largest: ReadonlyArray<readonly [what: string, make: () => Checked]> = [
  [
    '50 addresses whose values are missing',
    () => ({
      drawn: [
        manual,
        email({
          to: Array.from({ length: 50 }, () => `{{trigger.a${(unique += 1)}}}@example.com`),
          body_template: `{{trigger.b${unique}}}`.repeat(10),
        }),
      ],
      trigger: {},
      template: few,
    }),
  ],
  [
    'a text of 60,000 characters, eight times',
    () => ({
      drawn: [manual, email({ to: ['a@example.com'], body_template: '{{trigger.text}}'.repeat(8) })],
      trigger: { text: 'á'.repeat(60_000) },
      template: few,
    }),
  ],
  [
    'nine long domains of another script',
    () => ({
      drawn: [
        manual,
        email({
          to: Array.from({ length: 9 }, (_, i) => `${i}@{{trigger.domain}}`),
        }),
      ],
      trigger: { domain: longDomain(), a: (unique += 1) },
      template: few,
    }),
  ],
  [
    'a table of 600 rows',
    () => ({
      drawn: [manual, document()],
      trigger: { rows: Array.from({ length: 600 }, () => ({})) },
      template: templateWith(
        rows(
          'rows',
          Array.from({ length: 9 }, (_, i) => tag(`f${i}`)),
        ),
      ),
    }),
  ],
  [
    '120 mappings of the same list',
    () => ({
      drawn: [
        manual,
        document({
          field_mappings: Array.from({ length: 120 }, (_, i) => ({
            template_tag: `t${i}`,
            source_field: 'trigger.all',
          })),
        }),
      ],
      trigger: { all: Array.from({ length: 300 }, (_, i) => `row ${i}`) },
      template: templateWith(...Array.from({ length: 120 }, (_, i) => tag(`t${i}`))),
    }),
  ],
]

const estimateOf = ({ drawn, trigger, template }: Checked): number => {
  const cost = costing(trigger)
  const trees = [template.version.tree]
  return (
    nodesOf(drawn).reduce(
      (sum, { config, node_type }) => sum + (cost(config, node_type === 'uploaded-document' ? trees : []) ?? Infinity),
      0,
    ) / 1_000
  )
}

/** What checks cost: those of a usual workflow, the largest that are made where they are asked for, those of a large table. */
export const processor = async ({ repeats, print }: Bench): Promise<void> => {
  const threads = nodeThreads({ threads: 1 })
  try {
    const checks = checksIn(threads)
    const demo = checkedOf(usual)
    const alone = await processorTime(repeats(2_000), () => checks(demo)())
    print(row('checks of the demo, processor time', [ms(alone)], atMost(alone, 5, ms)))
    const hard = checkedOf({ ...usual, drawn: [...usual.drawn, email({ to: ['{{"a@example.com"|downcase}}'] })] })
    const apart = await processorTime(repeats(1_000), () => checks(hard)())
    print(row('the same with a filter more, in a thread', [ms(apart)]))
    for (const [what, make] of largest) {
      // never seen before: nothing of it is remembered
      const fresh = Array.from({ length: repeats(20) + Math.ceil(repeats(20) / 5) }, make)
      const checked = fresh.map(checkedOf)
      const each = await processorTime(repeats(20), () => {
        const { nodes, facts, purpose } = checked.pop() ?? demo
        return preflight(nodes, facts, purpose)
      })
      const estimate = estimateOf(make())
      print(row(`checks of ${what}`, [ms(each)], atMost(each, Math.max(estimate, 1), ms)))
    }
    const table = checkedOf({
      drawn: [manual, document()],
      trigger: { rows: Array.from({ length: 5_000 }, (_, n) => ({ n, name: `row ${n}` })) },
      template: templateWith(
        rows(
          'rows',
          Array.from({ length: 500 }, (_, i) => tag(i % 2 === 0 ? 'n' : 'name')),
        ),
      ),
    })
    const large = await processorTime(repeats(10), () => checks(table)())
    print(row('check of 500 tags with 5,000 rows, in a thread', [ms(large)], atMost(large, 500, ms)))
  } finally {
    await threads.close()
  }
}
