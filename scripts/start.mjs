import { become, setUp } from './lib/set-up.mjs'
import { checkedFlags } from './lib/start-flags.mjs'

const flags = checkedFlags(process.argv.slice(2))
await setUp()
await become('dist/embedded/main.js', flags)
