export const usage = `Organizations, API keys, runs that lost their workflow, and a change of the key that seals credentials.

  npm run admin -- organization create --name <name> [--locale pt-BR|en]
  npm run admin -- organization list [--after <id>]
  npm run admin -- key create --organization <id> --role viewer|operator|auditor|admin --name <name>
  npm run admin -- key list --organization <id> [--after <id>]
  npm run admin -- key revoke <key id>
  npm run admin -- executions reconcile [--dry-run]
  npm run admin -- secrets reseal [--dry-run]
  npm run admin -- secrets renew

Lists are shown in pages of a hundred, which say how to go on.

A key is shown once, when it is created. Roles: viewer reads; operator also starts and controls runs; auditor also
reads audit and technical error texts; admin does everything.

Every open run has an open workflow; docg mends what is not so by itself, within a minute. reconcile does it at once and
lists the runs; with --dry-run it only lists them.

reseal seals everything that DOCG_SECRET_KEY seals with the first of its keys; --dry-run counts. It may be stopped and run
again, beside a running docg. It ends with 1 while something is left that needs another key. renew is for when a key is
lost: it replaces what request hashes and links are derived from, where no key opens it. Credentials that no key opens are
given again, connection by connection.

All need DATABASE_URL, reconcile also EVENTSTORE_URL and TEMPORAL_ADDRESS, secrets also DOCG_SECRET_KEY, which npm run
admin sets.
`
