import { pathToFileURL } from 'node:url'
import type { ApiClient } from './api-client'
import { contractTemplate } from './contract-template'

const docx = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'

const uploadTemplate = async (api: ApiClient): Promise<string> => {
  const form = new FormData()
  form.set('name', 'Contract')
  form.set('file', new Blob([new Uint8Array(contractTemplate())], { type: docx }), 'contract.docx')
  return String((await api.post('/templates', form, 'demo-template'))['id'])
}

const connect = async (api: ApiClient, name: string, type: string, config: object): Promise<string> =>
  String((await api.post('/connections', { name, type, config }, `demo-connection-${type}`))['id'])

const nodes = (template_id: string, mail: string, archive: string) => [
  { node_type: 'manual', label: 'Start', config: {} },
  {
    node_type: 'uploaded-document',
    label: 'Generate Document',
    config: {
      template_id,
      output_name_template: 'contract-{{trigger.deal_id}}',
      field_mappings: [{ template_tag: 'client_name', source_field: 'trigger.client.name' }],
      create_pdf: false,
    },
  },
  {
    node_type: 'email',
    label: 'Send',
    config: {
      connection_id: mail,
      to: ['{{trigger.recipient_email}}'],
      subject_template: 'Contract {{trigger.deal_id}}',
      body_template: '<p>Dear {{trigger.client.name}}, your contract is attached.</p>',
      body_type: 'html',
      attachments: ['previous'],
    },
  },
  {
    node_type: 'storage',
    label: 'Archive',
    config: { connection_id: archive, folder: 'contracts/{{trigger.deal_id}}' },
  },
]

/** A contract, its mail server and its archive, in a folder of the organization's, as one active workflow; answers the workflow's id. */
export const makeDemoWorkflow = async (api: ApiClient, smtpUrl: string, archive: string): Promise<string> => {
  const smtp = new URL(smtpUrl)
  const template = await uploadTemplate(api)
  const mail = await connect(api, 'Mail', 'smtp', {
    host: smtp.hostname,
    port: Number(smtp.port || 25),
    secure: smtp.protocol === 'smtps:',
    from: 'docs@example.com',
  })
  const files = await connect(api, 'Archive', 'storage', { url: pathToFileURL(archive).href })
  const body = { name: 'Contract Generation', nodes: nodes(template, mail, files) }
  const id = String((await api.post('/workflows', body, 'demo-workflow'))['id'])
  await api.post(`/workflows/${id}/activate`, {}, 'demo-activate')
  return id
}
