import { become, setUp } from './lib/set-up.mjs'
import { checkedFlags } from './lib/start-flags.mjs'

const flags = checkedFlags(process.argv.slice(2))
const parent = process.ppid
await setUp()
// Ended by SIGTERM, npm does not take a first start's installing and building with it.
if (process.env.npm_lifecycle_script && process.ppid !== parent) process.exit(130)
await become('dist/embedded/main.js', flags)
