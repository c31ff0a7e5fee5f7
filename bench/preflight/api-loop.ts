import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { freePorts } from '../../src/embedded/ports'
import { clientOf } from '../../test/support/client'
import { endless, slow } from '../../test/support/hard-texts'
import type { Product } from '../../test/support/product'
import { until } from '../../test/support/until'
import { atMost } from '../aim'
import { mib, residentMib } from '../memory'
import type { Bench } from '../part'
import { processesOf, startOf } from '../processes'
import { ms, row } from '../row'

type Delay = { readonly p50: number; readonly p99: number; readonly max: number }

/** A second API beside the product's, started as that one was, whose event loop is watched. */
const withWatchedApi = async (
  product: Product,
  work: (url: string, pid: number, delay: () => Promise<Delay>) => Promise<void>,
): Promise<void> => {
  const api = (await processesOf(product.dataDir)).find(({ name }) => name === 'api')
  if (api === undefined) throw new Error('no API process')
  const { command, args, env } = await startOf(api.pid)
  const [port = 0] = await freePorts(1)
  const child = spawn(command, ['--require', join(__dirname, 'loop-delay.cjs'), ...args], {
    env: { ...env, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const exit = once(child, 'exit')
  const url = `http://127.0.0.1:${port}`
  try {
    await until(
      () =>
        fetch(`${url}/health/ready`).then(
          ({ ok }) => ok,
          () => false,
        ),
      60_000,
    )
    await work(url, child.pid ?? 0, async () => {
      const told = once(child, 'message')
      child.send('delay')
      return ((await told) as [Delay])[0]
    })
  } finally {
    child.kill('SIGTERM')
    await exit
  }
}

const connection_id = '11111111-1111-4111-8111-111111111111'
const email = (text: string) => ({
  node_type: 'email',
  label: 'Hard',
  config: { connection_id, to: ['ana@example.com'], subject_template: 'x', body_template: text },
})

const texts = [
  endless,
  '{{ trigger.text | split: "," | join: "-" | replace: "x", "yy" }}',
  slow.repeat(20),
  '{% for row in trigger.rows %}{% for other in trigger.rows %}{{ other.name | upcase }}{% endfor %}{% endfor %}',
]

const workflow = {
  name: 'Hard',
  nodes: [{ node_type: 'manual', label: 'Start', config: {} }, ...texts.map(email)],
}

const trigger_data = {
  text: 'x,'.repeat(250_000),
  rows: Array.from({ length: 2_000 }, (_, n) => ({ name: `name ${n}`, n })),
}

const together = 20

const shown = ({ p50, p99 }: Delay): ReadonlyArray<string> => [ms(p50), ms(p99)]

/** How long the API's event loop is held while 20 callers ask for checks that take seconds each. */
export const apiLoop = async ({ product, repeats, print }: Bench): Promise<void> =>
  withWatchedApi(product, async (url, pid, delay) => {
    const client = clientOf({ ...product, demo: { ...product.demo, url } })
    const defined = (await (await client.post('/workflows', workflow)).json()) as { readonly id: string }
    const ask = async () => (await client.post(`/workflows/${defined.id}/preflight`, { trigger_data })).status
    await ask()
    await delay()
    await new Promise((resolve) => setTimeout(resolve, 2_000))
    print(row("delay of the API's event loop, idle", shown(await delay())))
    const answers: number[] = []
    for (let round = 0; round < Math.max(1, repeats(5)); round += 1)
      answers.push(...(await Promise.all(Array.from({ length: together }, ask))))
    const held = await delay()
    print(row(`the same beside ${together} hard preflights`, shown(held), atMost(held.p99, 50, ms)))
    const count = (status: number) => answers.filter((answer) => answer === status).length
    print(row('  of them answered, told to come again', [String(count(200)), String(count(503))]))
    print(row('  memory of the API then, with its threads', [mib(await residentMib(pid))]))
  })
