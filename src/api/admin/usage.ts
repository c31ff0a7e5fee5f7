export const usage = `Organizations and API keys.

  npm run admin -- organization create --name <name> [--locale pt-BR|en]
  npm run admin -- organization list
  npm run admin -- key create --organization <id> --role viewer|operator|auditor|admin --name <name>
  npm run admin -- key list --organization <id>
  npm run admin -- key revoke <key id>

A key is shown once, when it is created. Roles: viewer reads; operator also starts and controls runs; auditor also
reads audit and technical error texts; admin does everything. Needs DATABASE_URL, which npm run admin sets.
`
