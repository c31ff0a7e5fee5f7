export const usage = `Organizations, API keys, and runs that lost their workflow.

  npm run admin -- organization create --name <name> [--locale pt-BR|en]
  npm run admin -- organization list [--after <id>]
  npm run admin -- key create --organization <id> --role viewer|operator|auditor|admin --name <name>
  npm run admin -- key list --organization <id> [--after <id>]
  npm run admin -- key revoke <key id>
  npm run admin -- executions reconcile [--dry-run]

Lists are shown in pages of a hundred, which say how to go on.

A key is shown once, when it is created. Roles: viewer reads; operator also starts and controls runs; auditor also
reads audit and technical error texts; admin does everything.

Every open run has an open workflow; docg mends what is not so by itself, within a minute. reconcile does it at once and
lists the runs; with --dry-run it only lists them. All need DATABASE_URL, reconcile also EVENTSTORE_URL and
TEMPORAL_ADDRESS, which npm run admin sets.
`
