import { execFileSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { type Account } from '../process/service'
import { Trouble } from '../trouble'

const output = (command: string, ...args: string[]) =>
  execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()

const lookUp = (): Account | undefined => {
  try {
    return { uid: Number(output('id', '-u', 'postgres')), gid: Number(output('id', '-g', 'postgres')) }
  } catch {
    return undefined
  }
}

const create = (): Account | undefined => {
  try {
    output('groupadd', '--system', 'postgres')
    output('useradd', '--system', '--gid', 'postgres', '--no-create-home', 'postgres')
    return lookUp()
  } catch {
    return undefined
  }
}

/** PostgreSQL refuses to run as root: root runs it as the user postgres, made when missing. Anybody else runs it as himself. */
export const postgresAccount = (): Account | undefined => {
  if (process.getuid?.() !== 0) return undefined
  const account = lookUp() ?? create()
  if (account !== undefined) return account
  throw new Trouble(
    'PostgreSQL does not run as root, and the user postgres could not be made.',
    'Make it (useradd postgres), start as another user, or set DATABASE_URL and EVENT_STORE_DATABASE_URL.',
  )
}

const isClosed = (folder: string): boolean => {
  if ((statSync(folder).mode & 0o001) === 0) return true
  return folder === dirname(folder) ? false : isClosed(dirname(folder))
}

const works = (command: string, args: ReadonlyArray<string>): boolean => {
  try {
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

export type Invocation = {
  readonly command: string
  readonly args: ReadonlyArray<string>
  readonly account?: Account | undefined
}

/**
 * How to run a program as that account. Below a folder closed to others (a clone in /root, a folder of mkdtemp) the account keeps
 * root's right to pass it, and no other: with setpriv of util-linux.
 */
export const runAs = (
  account: Account | undefined,
  command: string,
  args: ReadonlyArray<string>,
  folders: ReadonlyArray<string>,
): Invocation => {
  const closed = account === undefined ? [] : folders.filter(isClosed)
  if (account === undefined || closed.length === 0) return { command, args, account }
  const keep = [
    '--securebits=+no_setuid_fixup',
    `--reuid=${account.uid}`,
    `--regid=${account.gid}`,
    '--clear-groups',
    '--inh-caps=-all,+dac_override',
    '--ambient-caps=-all,+dac_override',
  ]
  if (works('setpriv', [...keep, 'true'])) return { command: 'setpriv', args: [...keep, command, ...args] }
  throw new Trouble(
    `PostgreSQL runs as the user postgres, and that user may not enter ${closed.join(' and ')}.`,
    'Open the folders above it (chmod o+x), clone to another place, or start as another user than root.',
  )
}
