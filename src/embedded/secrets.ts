import { randomBytes } from 'node:crypto'
import { open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { Trouble } from './trouble'

// Base64 of 32 random bytes each. A name added here is made at the next start; a variable of that name goes before it.
const names = ['DOCG_SECRET_KEY'] as const

type Secrets = Readonly<Record<(typeof names)[number], string>>

const read = async (file: string): Promise<Partial<Secrets>> => {
  const text = await readFile(file, 'utf8').catch(() => '{}')
  try {
    return JSON.parse(text) as Partial<Secrets>
  } catch {
    throw new Trouble(
      `${file} is damaged. It holds the keys with which credentials are encrypted.`,
      'Bring it back from a copy, or begin anew with npm start -- --fresh (deletes all data).',
    )
  }
}

/** The keys of this installation: made once, kept in `secrets.json`, readable by its owner only. */
export const ensureSecrets = async (dataDir: string): Promise<Secrets> => {
  const file = join(dataDir, 'secrets.json')
  const known = await read(file)
  const missing = names.filter((name) => known[name] === undefined)
  const all = { ...known, ...Object.fromEntries(missing.map((name) => [name, randomBytes(32).toString('base64')])) }
  if (missing.length > 0) {
    const handle = await open(`${file}.new`, 'w', 0o600)
    await handle.writeFile(JSON.stringify(all, undefined, 2))
    await handle.sync()
    await handle.close()
    await rename(`${file}.new`, file)
  }
  return all as Secrets
}
