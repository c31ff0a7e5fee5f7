import { redisExecutable } from './redis/executable'
import { temporalExecutable } from './temporal/executable'
import { Trouble } from './trouble'

const screen = {
  write: (text: string) => void process.stdout.write(text),
  isTerminal: process.stdout.isTTY && process.env['CI'] === undefined,
}

/** Brings the programs that are no npm packages: Redis and Temporal. The tests need both. */
const main = async () => {
  const setUp = { env: process.env, screen }
  if ((await redisExecutable(setUp)) === undefined)
    throw new Trouble('The tests need redis-server.', 'Install Redis so that redis-server is in PATH.')
  await temporalExecutable(setUp)
}

main().catch((error: unknown) => {
  console.error(error instanceof Trouble ? `\n${error.message}\n` : error)
  process.exit(1)
})
