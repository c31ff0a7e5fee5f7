import { onPathOrInstalled } from './apt'
import { redisExecutable } from './redis/executable'
import { temporalExecutable } from './temporal/executable'
import { Trouble } from './trouble'

const screen = {
  write: (text: string) => void process.stdout.write(text),
  isTerminal: process.stdout.isTTY && process.env['CI'] === undefined,
}

/** Brings the programs that are no npm packages: Redis and Temporal, which the tests need, and a browser, without which they leave something out. */
const main = async () => {
  const setUp = { env: process.env, screen }
  if ((await redisExecutable(setUp)) === undefined)
    throw new Trouble('The tests need redis-server.', 'Install Redis so that redis-server is in PATH.')
  await temporalExecutable(setUp)
  const browser = await onPathOrInstalled(setUp, 'chromedriver', ['chromium', 'chromium-driver', 'fonts-dejavu-core'])
  if (browser === undefined)
    console.error(
      '! There is no chromedriver: pages are NOT tested in a browser. Install chromium and chromium-driver.',
    )
}

main().catch((error: unknown) => {
  console.error(error instanceof Trouble ? `\n${error.message}\n` : error)
  process.exit(1)
})
