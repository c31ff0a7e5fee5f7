import { randomUUID } from 'node:crypto'
import request, { type Test } from 'supertest'
import type { Role } from '../../src/domain/visibility'
import { templateDocx } from '../support/docx'
import type { Site, Tenant } from './site'

type Method = 'get' | 'post' | 'put' | 'delete' | 'patch' | 'head' | 'options'
export type Body = Readonly<Record<string, unknown>>

export const base = '/api/v1'

export const requestTo = (app: Site['app'], method: Method, path: string): Test => {
  const agent = request(app)
  return agent[method](path)
}

/** Requests as one role of one tenant. */
export const as = ({ app }: Pick<Site, 'app'>, tenant: Tenant, role: Role = 'admin') => {
  const send = (method: Method, path: string): Test =>
    requestTo(app, method, base + path)
      .set('Authorization', `Bearer ${tenant.keys[role]}`)
      .set('X-Organization-ID', tenant.id)
  return {
    send,
    get: (path: string) => send('get', path),
    post: (path: string, body: object = {}, key: string = randomUUID()) =>
      send('post', path).set('Idempotency-Key', key).send(body),
  }
}

export type Client = ReturnType<typeof as>

export const bodyOf = ({ body }: { readonly body: unknown }): Body => body as Body

/** What `path` (dotted) holds in an answer's body. */
export const at = (answer: { readonly body: unknown }, path: string): unknown =>
  path.split('.').reduce<unknown>((value, key) => (value as Body | undefined)?.[key], answer.body)

export const idOf = (answer: { readonly body: unknown }): string => String(bodyOf(answer)['id'])

export const manual = { node_type: 'manual', label: 'Start', config: {} }

export const defineActive = async (
  client: Client,
  nodes: ReadonlyArray<object> = [manual],
  name = 'Contract Generation',
): Promise<string> => {
  const id = idOf(await client.post('/workflows', { name, nodes }).expect(201))
  await client.post(`/workflows/${id}/activate`).expect(200)
  return id
}

export const uploadDocx = (client: Client, file: Uint8Array, name = 'Contract', fileName = 'contract.docx'): Test =>
  client.send('post', '/templates').field('name', name).attach('file', Buffer.from(file), fileName)

let made: Promise<Uint8Array> | undefined

/** The same bytes each time. */
export const contract = (): Promise<Uint8Array> =>
  (made ??= templateDocx('Contract with {{client.name}}', '{{#items}}', '{{title}}', '{{/items}}'))

export const documentNode = (template_id: string): object => ({
  node_type: 'uploaded-document',
  label: 'Generate Document',
  config: { template_id, output_name_template: 'contract-{{trigger.deal_id}}', field_mappings: [], create_pdf: false },
})

export const triggerData = { deal_id: '123', client: { name: 'Ana' }, items: [{ title: 'One' }] }

/** A workflow that makes a document, and a run of it. */
export const startRun = async (client: Client): Promise<{ workflow: string; execution: string }> => {
  const template = idOf(await uploadDocx(client, await contract()).expect(201))
  const workflow = await defineActive(client, [manual, documentNode(template)])
  const started = await client.post(`/workflows/${workflow}/executions`, { trigger_data: triggerData }).expect(201)
  return { workflow, execution: idOf(started) }
}
