import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Trouble } from '../trouble'

/** `demo.json`: what the seed leaves for people and scripts. */
export type DemoFile = {
  readonly url: string
  readonly organization_id: string
  readonly api_key: string
  readonly workflow_id: string
  readonly trigger_data: unknown
}

const fileIn = (dataDir: string) => join(dataDir, 'demo.json')

export const readDemoFile = async (dataDir: string): Promise<DemoFile | undefined> => {
  const file = fileIn(dataDir)
  const text = await readFile(file, 'utf8').catch(() => undefined)
  try {
    return text === undefined ? undefined : (JSON.parse(text) as DemoFile)
  } catch {
    throw new Trouble(`${file} is damaged.`, 'Delete it: the next npm start makes a new demo.')
  }
}

export const writeDemoFile = async (dataDir: string, demo: DemoFile): Promise<void> => {
  const draft = `${fileIn(dataDir)}.new`
  await writeFile(draft, `${JSON.stringify(demo, null, 2)}\n`, { mode: 0o600 })
  await rename(draft, fileIn(dataDir))
}
