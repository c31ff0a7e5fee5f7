import * as E from 'fp-ts/Either'
import { postgresIdentityStore } from '../stores/identity/postgres'
import { openPostgres } from '../stores/postgres/open-postgres'
import { type AdminCommand, parseArguments } from './admin/arguments'
import { runAdmin } from './admin/run'
import { usage } from './admin/usage'

type Said = { readonly code: number; readonly out: string; readonly error: string }

const failed = (error: string): Said => ({ code: 1, out: '', error })

const carryOut = async (command: AdminCommand, url: string | undefined): Promise<Said> => {
  if (command._tag === 'Help') return { code: 0, out: usage, error: '' }
  if (url === undefined || url === '') return failed('DATABASE_URL is not set.')
  const database = openPostgres({ url, name: 'docg-admin', connections: 2 })
  try {
    const done = await runAdmin(postgresIdentityStore(database))(command)()
    if (E.isRight(done)) return { code: 0, out: done.right, error: '' }
    if (done.left._tag === 'NotThere') return failed(done.left.what)
    return failed(`The database did not do it: ${done.left.reason}\nIs docg running? npm start brings it up.`)
  } finally {
    await database.destroy()
  }
}

const main = async (args: ReadonlyArray<string>): Promise<void> => {
  const command = parseArguments(args)
  const { code, out, error } = E.isLeft(command)
    ? { code: 2, out: '', error: `${command.left}\n\n${usage}` }
    : await carryOut(command.right, process.env['DATABASE_URL'])
  process.stdout.write(out)
  process.stderr.write(error === '' ? '' : `${error.trimEnd()}\n`)
  process.exitCode = code
}

void main(process.argv.slice(2))
