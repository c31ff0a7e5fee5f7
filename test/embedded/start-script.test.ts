import { expect } from 'chai'
import { spawnSync } from 'node:child_process'

const start = (...args: string[]) => spawnSync(process.execPath, ['scripts/start.mjs', ...args], { encoding: 'utf8' })

describe('npm start', () => {
  it('explains itself, at once and without installing', () => {
    const { status, stdout } = start('--help')
    expect(status).to.equal(0)
    for (const word of ['--fresh', '--servers-only', 'DATABASE_URL', 'POSTGRES_PORT', 'BLOB_URL'])
      expect(stdout).to.include(word)
  })

  it('refuses a flag it does not know', () => {
    const { status, stderr } = start('--frehs')
    expect(status).to.equal(1)
    expect(stderr).to.include('does not know --frehs').and.include('--help').and.not.include('    at ')
  })
})
