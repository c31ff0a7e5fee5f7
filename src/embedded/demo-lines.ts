import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What the seed leaves for people and scripts. */
type Demo = {
  readonly url: string
  readonly organization_id: string
  readonly api_key: string
  readonly workflow_id: string
  readonly trigger_data: unknown
}

const shellQuoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`

const lines = ({ url, organization_id, api_key, workflow_id, trigger_data }: Demo): string => `
  URL           ${url}
  API key       ${api_key}
  Organization  ${organization_id}

  To try it, paste:

TOKEN=${api_key} ORG_ID=${organization_id}
curl -X POST ${url}/api/v1/workflows/${workflow_id}/executions \\
  -H "Authorization: Bearer $TOKEN" \\
  -H "X-Organization-ID: $ORG_ID" \\
  -H "Content-Type: application/json" \\
  -d ${shellQuoted(JSON.stringify({ trigger_data }))}

  and with the execution_id of the answer:

curl ${url}/api/v1/executions/$EXECUTION_ID \\
  -H "Authorization: Bearer $TOKEN" -H "X-Organization-ID: $ORG_ID"
curl -N ${url}/api/v1/sse/executions/$EXECUTION_ID/stream \\
  -H "Authorization: Bearer $TOKEN" -H "X-Organization-ID: $ORG_ID"
`

/** The lines to paste; undefined when nothing was seeded. */
export const demoLines = async (dataDir: string): Promise<string | undefined> => {
  const text = await readFile(join(dataDir, 'demo.json'), 'utf8').catch(() => undefined)
  return text === undefined ? undefined : lines(JSON.parse(text) as Demo)
}
