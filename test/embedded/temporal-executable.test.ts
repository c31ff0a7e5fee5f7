import { expect } from 'chai'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silent } from '../../src/embedded/step'
import { temporalExecutable } from '../../src/embedded/temporal/executable'

describe('the Temporal program', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'docg-temporal-'))
    await mkdir(join(folder, 'bin'))
    await mkdir(join(folder, 'docg'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  // Cancelled from the start: neither a download nor a build is begun.
  const find = () =>
    temporalExecutable({
      env: { PATH: join(folder, 'bin'), XDG_CACHE_HOME: folder },
      screen: silent,
      cancelled: AbortSignal.abort(),
    })
  const put = (path: string, script = '#!/bin/sh\nexit 0\n') => writeFile(join(folder, path), script, { mode: 0o755 })

  it('is taken from PATH first', async () => {
    await put('bin/temporal')
    await put('docg/temporal')
    expect(await find()).to.equal(join(folder, 'bin/temporal'))
  })

  it('else from the cache', async () => {
    await put('docg/temporal')
    expect(await find()).to.equal(join(folder, 'docg/temporal'))
  })

  it('is not taken when it does not run; then the ways to get it are told, and no half file stays', async () => {
    await put('docg/temporal', '#!/bin/sh\nexit 1\n')
    const outcome = await find().catch(String)
    for (const way of ['in PATH', join(folder, 'docg/temporal'), 'go install', 'TEMPORAL_ADDRESS'])
      expect(outcome).to.include(way)
    expect(await readdir(join(folder, 'docg'))).to.deep.equal(['temporal'])
  })

  it('is built with Go where the download has no way out', async () => {
    await put(
      'bin/go',
      '#!/bin/sh\n[ "$1 $2" = "install github.com/temporalio/cli/cmd/temporal@v1.5.1" ] && cp "$0" "$GOBIN/temporal"\n',
    )
    await put('bin/cp', '#!/bin/sh\n/bin/cp /bin/true "$2"\n')
    const env = { PATH: join(folder, 'bin'), XDG_CACHE_HOME: folder, HTTPS_PROXY: 'http://127.0.0.1:1' }
    const lines: string[] = []
    const screen = { write: (text: string) => void lines.push(text), isTerminal: false }
    expect(await temporalExecutable({ env, screen })).to.equal(join(folder, 'docg/temporal'))
    expect(await readdir(join(folder, 'docg'))).to.deep.equal(['temporal'])
    expect(lines.join('')).to.match(
      /✗ downloading .*\n✓ .* building the Temporal server with Go \(once, 3 to 5 minutes\)/,
    )
  })
})
