import { become, setUp } from './lib/set-up.mjs'

await setUp()
await become('dist/embedded/run-main.js', ['api/admin-main', ...process.argv.slice(2)])
