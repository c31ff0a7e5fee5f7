import { settingFrom } from './setting'
import { supervise } from './supervisor'
import { Trouble } from './trouble'

const screen = {
  write: (text: string) => void process.stdout.write(text),
  isTerminal: process.stdout.isTTY && process.env['CI'] === undefined,
}

// The terminal may close before we are done stopping.
process.stdout.on('error', () => undefined)

const main = async (): Promise<number> => {
  const wish = { fresh: process.argv.includes('--fresh'), serversOnly: process.argv.includes('--servers-only') }
  return supervise(settingFrom(process.env), wish, { env: process.env, screen })
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Trouble ? `\n${error.message}\n` : error)
    process.exit(1)
  },
)
