import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { nodeArguments } from '../node-program'
import { type SetUp } from '../step'
import { answers, attempt, onPath, runQuietly } from '../tool'
import { Trouble } from '../trouble'

// The last version that go install accepts: later ones have a replace in their go.mod. It brings server 1.29.1.
const goPackage = 'github.com/temporalio/cli/cmd/temporal@v1.5.1'

export const cacheFolder = (env: NodeJS.ProcessEnv): string =>
  join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'docg')

/** Fills a fresh folder with one program and moves it to its place only when it runs. The reason when it does not work out. */
const fetchInto = async (
  target: string,
  env: NodeJS.ProcessEnv,
  fetch: (folder: string) => Promise<string | undefined>,
): Promise<string | undefined> => {
  await mkdir(join(target, '..'), { recursive: true })
  const folder = await mkdtemp(`${target}-`)
  try {
    const problem = await fetch(folder)
    const [file] = (await readdir(folder)).filter((name) => name.startsWith('temporal'))
    if (problem !== undefined || file === undefined) return problem ?? 'nothing arrived'
    if (!(await answers(join(folder, file), env))) return 'what arrived does not run here'
    await rename(join(folder, file), target)
    return undefined
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const download = (setUp: SetUp) => (folder: string) =>
  runQuietly(process.execPath, [...nodeArguments('embedded/temporal/download-main'), folder], setUp)

const goInstall = (go: string, setUp: SetUp) => (folder: string) =>
  runQuietly(go, ['install', goPackage], { ...setUp, env: { ...setUp.env, GOBIN: folder, GOTOOLCHAIN: 'auto' } })

/** The temporal program: from PATH, from the cache, downloaded by the SDK, or built with Go; else Trouble with the ways to get it. */
export const temporalExecutable = async (setUp: SetUp): Promise<string> => {
  const { env } = setUp
  const cached = join(cacheFolder(env), 'temporal')
  const found = (await onPath('temporal', env)) ?? ((await answers(cached, env)) ? cached : undefined)
  if (found !== undefined) return found
  const noDownload = await attempt(setUp, 'downloading the Temporal server', () =>
    fetchInto(cached, env, download(setUp)),
  )
  if (noDownload === undefined) return cached
  const go = await onPath('go', env)
  const noBuild =
    go === undefined
      ? 'Go is not installed'
      : await attempt(setUp, 'no download to be had; building the Temporal server with Go (once, 3 to 5 minutes)', () =>
          fetchInto(cached, env, goInstall(go, setUp)),
        )
  if (noBuild === undefined) return cached
  throw new Trouble(
    `The Temporal server is not here. Downloading: ${lastLine(noDownload)}. Building: ${lastLine(noBuild)}.`,
    [
      'Any of these helps:',
      '- install the Temporal CLI so that `temporal` is in PATH (https://docs.temporal.io/cli)',
      `- put the program at ${cached}`,
      `- install Go 1.24 or later, then start again: it runs go install ${goPackage}`,
      '- set TEMPORAL_ADDRESS to a server that runs already',
    ].join('\n'),
  )
}

const lastLine = (text: string) => text.trim().split('\n').at(-1)?.slice(0, 300) ?? ''
