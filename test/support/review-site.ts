import { randomUUID } from 'node:crypto'
import * as E from 'fp-ts/Either'
import * as TE from 'fp-ts/TaskEither'
import { type Serving, serve } from '../../src/api/server'
import { execution, type ExecutionEvent, executionStream } from '../../src/domain/execution'
import type { Execution } from '../../src/domain/execution/state'
import { ExecutionId } from '../../src/domain/ids'
import { load } from '../../src/domain/load'
import { probeConnection } from '../../src/nodes/connections/probe'
import { keptSessions } from '../../src/nodes/email/smtp-sessions'
import { smtpServerOf } from '../../src/nodes/email/smtp-server-url'
import { fillingIn } from '../../src/nodes/node-work/filling'
import { checksIn, nodeThreads, probesOf } from '../../src/nodes/preflight'
import { nodeTypeOf } from '../../src/nodes/registry'
import { docxEngine } from '../../src/nodes/template-inspection'
import { postgresIdentityStore } from '../../src/stores/identity/postgres'
import { advance, type Advanced, type Advancing } from '../../src/workflow/execution/advance'
import { catalogOf } from '../../src/workflow/execution/catalog'
import { mailerOf } from '../../src/workflow/mailer'
import { type Arrived, startMailserver } from './smtp'
import {
  as,
  bodyOf,
  contract,
  defineActive,
  documentNode,
  idOf,
  manual,
  triggerData,
  uploadDocx,
} from '../api/requests'
import type { Site, Tenant } from '../api/site'

type Config = Readonly<Record<string, unknown>>
type Ask = {
  readonly review?: Config
  readonly trigger?: object
  readonly name?: string
  readonly tenant?: Tenant
  readonly dryRun?: boolean
  readonly worker?: Worker
}
/** How a worker may differ from the usual one. */
export type Worker = {
  /** Its clock's lag, ms. */
  readonly ago?: number
  /** Of its mail server; null: it has none. */
  readonly port?: number | null
  readonly log?: (store: Site['store']) => Advancing['log']
}

export type AskedReview = {
  readonly id: ExecutionId
  readonly advanced: Advanced
  /** In the order in which the approvers stand in the configuration. */
  readonly letters: ReadonlyArray<Arrived>
  readonly links: ReadonlyArray<string>
}

export const linkIn = ({ email }: Arrived): string => /https?:\/\/\S+\/review\/\S+/.exec(email.text ?? '')?.[0] ?? ''

const right = <A>(either: E.Either<unknown, A>): A => {
  if (E.isLeft(either)) throw new Error(JSON.stringify(either.left))
  return either.right
}

/** The API over HTTP with a worker's hands and a mail server beside it. */
export const startReviewSite = async (site: Site) => {
  const serving: Serving = await serve(site.app, 0, '127.0.0.1')
  const url = `http://localhost:${serving.port}`
  const mail = await startMailserver()
  const docx = docxEngine({ threads: 1 })
  const threads = nodeThreads({ threads: 1 })
  const smtp = keptSessions()
  const catalog = catalogOf(site.store)
  const outgoing = { allowPrivateAddresses: true, fileRoot: undefined }

  const probes = probesOf({
    secrets: site.secrets,
    probeConnection: (connection, secret) => probeConnection(connection, secret, { outgoing, secrets: site.secrets }),
    blobs: site.blobs,
    docx,
    outgoing,
  })

  const worker = ({ ago = 0, port = mail.port, log = (store) => store }: Worker) =>
    advance({
      log: log(site.store),
      catalog,
      nodeType: nodeTypeOf,
      checks: checksIn(threads),
      probes,
      fillTexts: fillingIn(threads),
      author: randomUUID(),
      now: () => new Date(Date.now() - ago).toISOString(),
      onCancel: () => () => undefined,
      deleteDocument: () => TE.right(undefined),
      services: {
        blobs: site.blobs,
        secrets: site.secrets,
        docx,
        outgoing,
        smtp,
        mailer: mailerOf({
          server: port === null ? undefined : right(smtpServerOf(`smtp://127.0.0.1:${port}`)),
          from: 'docg <docg@example.com>',
          publicUrl: url,
          derivingKey: site.derivingKey,
          policy: outgoing,
          identity: postgresIdentityStore(site.knex),
        }),
      },
    })

  const step = async (id: ExecutionId, how: Worker = {}): Promise<Advanced> => right(await worker(how)(id)())
  const loaded = async (id: ExecutionId) => right(await load(site.store)(execution)(executionStream(id))())

  const start = async ({
    review,
    trigger,
    name = 'Contract Generation',
    tenant = site.ours,
    dryRun = false,
  }: Ask = {}): Promise<ExecutionId> => {
    const client = as(site, tenant)
    const template = idOf(await uploadDocx(client, await contract()).expect(201))
    const node = {
      node_type: 'review-documents',
      label: 'Check the contract',
      config: { approver_emails: ['ana@example.com'], ...review },
    }
    const workflow = await defineActive(client, [manual, documentNode(template), node], name)
    const started = await client.post(`/workflows/${workflow}/executions`, {
      trigger_data: { ...triggerData, ...trigger },
      dry_run: dryRun,
    })
    return right(ExecutionId.decode(bodyOf(started)['execution_id']))
  }

  return {
    url,
    step,
    start,
    /** A run that waits for its review, and what its approvers were sent. */
    ask: async (wanted: Ask = {}): Promise<AskedReview> => {
      const before = mail.arrived.length
      const id = await start(wanted)
      const advanced = await step(id, wanted.worker)
      const letters = mail.arrived.slice(before)
      return { id, advanced, letters, links: letters.map(linkIn) }
    },
    mail,
    run: async (id: ExecutionId): Promise<Execution> => {
      const { state } = await loaded(id)
      if (state.status === 'unborn') throw new Error('no run')
      return state
    },
    events: async (id: ExecutionId): Promise<ReadonlyArray<ExecutionEvent>> =>
      right(await site.store.readStream(executionStream(id), { limit: 5_000 })()).map((recorded) =>
        right(execution.codec.decode(recorded)),
      ),
    stop: async () => {
      await serving.drain()
      await mail.stop()
      smtp.close()
      await docx.close()
      await threads.close()
    },
  }
}
export type ReviewSite = Awaited<ReturnType<typeof startReviewSite>>
