import { fail } from './fail.mjs'

const help = `npm start [-- flags]

Brings up PostgreSQL, the event store, Redis, Temporal and a mailbox on this machine, then the three processes of docg, and keeps
them up until Ctrl-C. Data is kept in .data/.

Flags
  --fresh          delete all data in .data/ and begin anew
  --servers-only   only the servers, to run the processes of docg by hand
  --help           this text

Variables (also read from a file .env; .env.example explains all)
  PORT, HOST                       where the API listens: 5000, 127.0.0.1
  DOCG_DATA_DIR                    the data folder: .data
  POSTGRES_PORT, EVENT_STORE_PORT, REDIS_PORT, TEMPORAL_PORT, SMTP_PORT, MAIL_PORT
                                   ports of the embedded servers: 15432, 2113, 16379, 7233, 2525, 8025
  DATABASE_URL, EVENTSTORE_URL, EVENT_STORE_DATABASE_URL, REDIS_URL, TEMPORAL_ADDRESS, SMTP_URL
                                   a server that runs already: then nothing embedded is started for it
                                   (REDIS_URL= with no value: run without Redis)
  BLOB_URL                         where documents are kept: file:/a/folder or s3://bucket/prefix
`

const known = ['--fresh', '--servers-only']

/** The arguments when they are in order; shows the help or refuses otherwise. */
export const checkedFlags = (args) => {
  if (args.includes('--help') || args.includes('-h')) {
    console.log(help)
    process.exit(0)
  }
  const unknown = args.filter((arg) => !known.includes(arg))
  if (unknown.length > 0) fail(`npm start does not know ${unknown.join(' ')}.`, 'npm start -- --help lists the flags.')
  return args
}
