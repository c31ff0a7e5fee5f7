import { become, setUp } from './lib/set-up.mjs'

await setUp()
await become('dist/embedded/demo-main.js', process.argv.slice(2))
