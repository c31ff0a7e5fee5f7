process.argv.splice(2, 0, 'check', 'unit')
await import('./test.mjs')
