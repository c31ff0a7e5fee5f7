import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { nodeArguments } from './node-program'
import { accepts } from './ports'
import { productEnv } from './product-env'
import { ensureSecrets } from './secrets'
import { settingFrom } from './setting'

/** Runs a program of the product with the addresses and keys that `npm start` gives it: `run-main <script> <arguments>`. */
const main = async ([script = '', ...args]: ReadonlyArray<string>) => {
  const setting = settingFrom(process.env)
  // Without a start there is nothing to open; the program itself says what it misses.
  const secrets = existsSync(setting.dataDir) ? await ensureSecrets(setting.dataDir) : {}
  const env = productEnv(process.env, setting, secrets, await accepts(setting.ports.redis))
  const child = spawn(process.execPath, [...nodeArguments(script), ...args], { env, stdio: 'inherit' })
  child.once('exit', (code) => {
    process.exitCode = code ?? 1
  })
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
})
