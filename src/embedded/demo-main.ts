import { randomUUID } from 'node:crypto'
import { parseArgs } from 'node:util'
import { apiClient } from './demo/api-client'
import { readDemoFile } from './demo/demo-file'
import { follow } from './demo/follow'
import { line } from './demo/show'
import { settingFrom } from './setting'
import { Trouble } from './trouble'

const help = `npm run demo

Starts one run of the demo workflow against the running stack and shows it live.

  --to ADDRESS   who gets the contract (default: the address in .data/demo.json)
  --help         this text`

type Listed = ReadonlyArray<Readonly<Record<string, unknown>>>

const readArguments = () => {
  try {
    return parseArgs({ options: { to: { type: 'string' }, help: { type: 'boolean' } } }).values
  } catch (error) {
    throw new Trouble(error instanceof Error ? error.message : String(error), 'npm run demo -- --help explains.')
  }
}

const main = async (): Promise<void> => {
  const { to, help: wanted } = readArguments()
  if (wanted === true) {
    console.log(help)
    return
  }
  const setting = settingFrom(process.env)
  const demo = await readDemoFile(setting.dataDir)
  if (demo === undefined) throw new Trouble('There is no demo yet.', 'Run npm start first, in another terminal.')
  const api = apiClient(demo.url, demo.organization_id, demo.api_key)
  const trigger_data = { ...(demo.trigger_data as object), ...(to === undefined ? {} : { recipient_email: to }) }
  const started = await api.post(`/workflows/${demo.workflow_id}/executions`, { trigger_data }, randomUUID())
  const id = String(started['execution_id'])
  console.log(`run ${id}\n`)
  const revision = await follow(
    `${demo.url}/api/v1/sse/executions/${id}/stream`,
    { authorization: `Bearer ${demo.api_key}`, 'x-organization-id': demo.organization_id },
    (message) => console.log(line(message)),
  )

  // The rows may come a moment after the stream.
  const ofRun = (path: string) => api.get(`/executions/${id}${path}?at_least=${revision}`)
  const run = await ofRun('')
  const { logs } = (await ofRun('/logs')) as { readonly logs: Listed }
  console.log('\nlogs')
  for (const log of logs) console.log(`  ${String(log['level']).padEnd(6)}${String(log['message_human'])}`)
  const { documents } = (await ofRun('/documents')) as { readonly documents: Listed }
  console.log('')
  for (const document of documents)
    console.log(`document  ${demo.url}/api/v1/documents/${String(document['id'])} (${String(document['file_name'])})`)
  if (setting.elsewhere.SMTP_URL === undefined) console.log(`e-mail    http://localhost:${setting.ports.mailPage}/`)
  console.log(`run       ${String(run['status'])}`)
  if (run['status'] !== 'completed') process.exitCode = 1
}

main().catch((error: unknown) => {
  const text = error instanceof Trouble || error instanceof Error ? error.message : String(error)
  console.error(`${text}\n  Is npm start running?`)
  process.exitCode = 1
})
