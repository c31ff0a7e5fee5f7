import { openPostgres } from '../stores/postgres/open-postgres'
import { migrate } from './migrate'

const main = async (url: string | undefined): Promise<void> => {
  if (url === undefined || url === '') throw new Error('DATABASE_URL is not set')
  const database = openPostgres({ url, name: 'docg-migrate', connections: 3, answerMs: 600_000 })
  try {
    await migrate(database)
  } finally {
    await database.destroy()
  }
}

main(process.env['DATABASE_URL']).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
})
