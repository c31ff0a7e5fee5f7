import { clientOf } from './client'
import type { Product } from './product'
import { secondOrganization } from './second-organization'
import { startScriptedServer, willing } from './smtp'
import { until } from './until'

type Json = Readonly<Record<string, unknown>>
type Client = ReturnType<typeof clientOf>

const posted = async (client: Client, path: string, body: object): Promise<Json> => {
  const response = await client.post(path, body)
  if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${await response.text()}`)
  return (await response.json()) as Json
}

/** An active workflow of one e-mail by this server; answers its id. */
const mailWorkflow = async (client: Client, port: number): Promise<string> => {
  const config = { host: '127.0.0.1', port, from: 'docs@example.com' }
  const { id: connection_id } = await posted(client, '/connections', { name: 'Mail', type: 'smtp', config })
  const email = { connection_id, to: ['{{trigger.recipient_email}}'], subject_template: 'Hello' }
  const { id } = await posted(client, '/workflows', {
    name: 'One e-mail',
    nodes: [
      { node_type: 'manual', label: 'Start', config: {} },
      { node_type: 'email', label: 'Send', config: email },
    ],
  })
  await posted(client, `/workflows/${String(id)}/activate`, {})
  return String(id)
}

/** The demo's organization with runs that hang at a server which never answers, and another whose server is well. */
export const slowNeighbour = async (product: Product) => {
  let hanging = 0
  const slow = await startScriptedServer(
    '220 slow',
    willing((line) => {
      if (!/^MAIL/i.test(line)) return false
      hanging += 1
      return true
    }),
  )
  const busy = clientOf(product)
  const second = { ...product, demo: await secondOrganization(product) }
  const other = clientOf(second)
  const { connections } = await busy.get('/connections')
  const mail = (connections as ReadonlyArray<Json>).find(({ type }) => type === 'smtp')?.['config'] as Json
  const slowWorkflow = await mailWorkflow(busy, slow.port)
  const workflow_id = await mailWorkflow(other, Number(mail['port']))
  const client = clientOf({ ...second, demo: { ...second.demo, workflow_id } })
  return {
    /** A run of the other organization, from its request to the end of its stream. */
    run: async () => client.follow(await client.start()),
    /** So many runs of the first, until as many hang as its share of the worker lets. */
    crowd: async (runs: number, share: number): Promise<void> => {
      const trigger_data = product.demo.trigger_data as object
      for (let i = 0; i < runs; i += 1) await posted(busy, `/workflows/${slowWorkflow}/executions`, { trigger_data })
      await until(
        () => hanging >= share,
        60_000,
        () => `${hanging} hang`,
      )
    },
    hanging: () => hanging,
    stop: slow.stop,
  }
}
