import { existsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import type { SetUp } from './step'
import { attempt, onPath, runQuietly } from './tool'

const policy = '/usr/sbin/policy-rc.d'

/** Debian starts a service as it installs it, unless this policy forbids: the installed program is wanted, not a second server. */
const withoutStarting = async <A>(install: () => Promise<A>): Promise<A> => {
  if (existsSync(policy)) return install()
  await writeFile(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  return install().finally(() => rm(policy, { force: true }))
}

const aptInstall = (setUp: SetUp, packages: ReadonlyArray<string>) =>
  withoutStarting(async () => {
    const quiet = { ...setUp, env: { ...setUp.env, DEBIAN_FRONTEND: 'noninteractive' } }
    await runQuietly('apt-get', ['update'], quiet)
    return runQuietly('apt-get', ['install', '-y', '--no-install-recommends', ...packages], quiet)
  })

/** A program from PATH, or installed with apt where we are root on Debian; undefined when it cannot be had. */
export const onPathOrInstalled = async (
  setUp: SetUp,
  program: string,
  packages: ReadonlyArray<string>,
): Promise<string | undefined> => {
  const found = await onPath(program, setUp.env)
  const canInstall = process.getuid?.() === 0 && (await onPath('apt-get', setUp.env)) !== undefined
  if (found !== undefined || !canInstall) return found
  await attempt(setUp, `installing ${program} with apt`, () => aptInstall(setUp, packages))
  return onPath(program, setUp.env)
}
