import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { clientOf } from '../../test/support/client'
import { atMost } from '../aim'
import type { Bench } from '../part'
import { ms, row, spreadOf } from '../row'
import { type Spread, spread } from '../spread'

type Config = Readonly<Record<string, unknown>>
type Listed = { readonly connections: ReadonlyArray<{ readonly type: string; readonly config: Config }> }

const servers = 10

/** Takes every connection and says nothing. */
const withSilent = async (work: (port: number) => Promise<void>): Promise<void> => {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    await work((server.address() as AddressInfo).port)
  } finally {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
}

/** The verdict through HTTP, each time on connections that were never asked before: all reachable, and none. */
export const probed = async ({ product, repeats, print }: Bench): Promise<void> => {
  const client = clientOf(product)
  const { connections } = (await client.get('/connections')) as unknown as Listed
  const mail = connections.find(({ type }) => type === 'smtp')?.config ?? {}
  const made = async (path: string, body: object): Promise<string> => {
    const response = await client.post(path, body)
    if (response.status !== 201) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return ((await response.json()) as { readonly id: string }).id
  }
  const email = async (config: Config) => ({
    node_type: 'email',
    label: 'Send',
    config: {
      connection_id: await made('/connections', { name: 'Mail', type: 'smtp', config }),
      to: ['ana@example.com'],
      subject_template: 'Contract',
    },
  })
  const verdictMs = async (config: Config): Promise<number> => {
    const nodes = [{ node_type: 'manual', label: 'Start', config: {} }]
    const emails = await Promise.all(Array.from({ length: servers }, () => email(config)))
    const id = await made('/workflows', { name: 'Probed', nodes: [...nodes, ...emails] })
    const began = performance.now()
    const response = await client.post(`/workflows/${id}/preflight`, { trigger_data: {} })
    await response.text()
    if (response.status !== 200) throw new Error(`preflight: ${response.status}`)
    return performance.now() - began
  }
  const of = async (count: number, config: Config): Promise<Spread> => {
    const times: number[] = []
    for (let i = 0; i < count; i += 1) times.push(await verdictMs(config))
    return spread(times)
  }
  print(row(`preflight, ${servers} mail servers that answer`, spreadOf(await of(repeats(30), mail))))
  await withSilent(async (port) => {
    const silent = await of(repeats(5), { ...mail, port })
    print(row(`preflight, ${servers} mail servers that are silent`, spreadOf(silent), atMost(silent.p99, 3_500, ms)))
  })
}
