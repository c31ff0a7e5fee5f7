import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import * as TE from 'fp-ts/TaskEither'
import type { SMTPServerOptions } from 'smtp-server'
import type { JsonObject } from '../../src/domain/json'
import type { StepResult, StepRun, StepStop } from '../../src/nodes/steps/step-run'
import { docxEngine, type DocxEngine } from '../../src/nodes/template-inspection'
import { templateDocx } from '../support/docx'
import { connectionId, connectionOf, type Drawn, startNodeRun, templateId, type World } from '../support/node-run'
import { s3Credentials, startS3 } from '../support/s3'
import { startMailserver, startScriptedServer, type Talk, willing } from '../support/smtp'

type Ceasing = () => Promise<unknown>
/** What a step meets: its world, what stands between it and the world, and how to take the world down. */
type Met = Partial<World> & {
  readonly node: Drawn
  readonly change?: (run: StepRun) => StepRun
  readonly stop?: Ceasing
}
type Row = readonly [what: string, code: string, outcome: 'again' | 'never' | 'nobody knows', met: () => Promise<Met>]

const trigger = { id: 7, name: 'Ana', to: 'ana@example.com' }
const nothing: Ceasing = () => Promise.resolve()

// E-mail

const email = (more: JsonObject = {}): Drawn => ({
  node_type: 'email',
  label: 'Send',
  config: {
    connection_id: connectionId,
    to: ['{{trigger.to}}'],
    subject_template: 'Contract',
    body_template: 'Hello {{trigger.name}}',
    ...more,
  },
})
const smtpTo = (port: number, more: JsonObject = {}) =>
  connectionOf('smtp', { host: '127.0.0.1', port, from: 'docs@example.com', ...more })

const mailing = async (options: SMTPServerOptions, more: Partial<Met> = {}, config: JsonObject = {}): Promise<Met> => {
  const { port, stop } = await startMailserver(options)
  return { node: email(), connection: smtpTo(port, config), stop, ...more }
}
const talking = async (greeting: string | undefined, talk: Talk): Promise<Met> => {
  const { port, stop } = await startScriptedServer(greeting, talk)
  return { node: email(), connection: smtpTo(port), stop }
}
const answering = (responseCode: number): Error => Object.assign(new Error('no'), { responseCode })
const recipientsAnswer = (code: number): SMTPServerOptions => ({ onRcptTo: (_, __, done) => done(answering(code)) })
const loginAnswers = (code: number): SMTPServerOptions => ({ onAuth: (_, __, done) => done(answering(code)) })
const secret = { user: 'docs', password: 'hunter2hunter2' }
const atEnd =
  (answer: string): Talk =>
  (line, say, socket) =>
    line === '.' ? say(answer) : willing(() => false)(line, say, socket)
const closedPort = 1

const emailRows: ReadonlyArray<Row> = [
  ['450 to the recipient', 'rate_limited', 'again', () => mailing(recipientsAnswer(450))],
  ['421 as greeting', 'delivery.smtp_unreachable', 'again', () => talking('421 too busy', () => undefined)],
  ['451 to the text', 'rate_limited', 'again', () => talking('220 hello', atEnd('451 later'))],
  ['454 to the login', 'rate_limited', 'again', () => mailing(loginAnswers(454), { secret })],
  [
    'a refused connection',
    'delivery.smtp_unreachable',
    'again',
    () => Promise.resolve({ node: email(), connection: smtpTo(closedPort) }),
  ],
  [
    'an unknown host',
    'delivery.smtp_unreachable',
    'again',
    () => Promise.resolve({ node: email(), connection: smtpTo(25, { host: 'mail.invalid' }) }),
  ],
  [
    'a connection cut before the text',
    'delivery.smtp_unreachable',
    'again',
    () =>
      talking(
        '220 hello',
        willing((line, socket) => {
          if (/^DATA/i.test(line)) socket.destroy()
          return /^DATA/i.test(line)
        }),
      ),
  ],
  ['550 to the recipient', 'delivery.recipient_rejected', 'never', () => mailing(recipientsAnswer(550))],
  ['552 to the text', 'delivery.attachment_too_large', 'never', () => talking('220 hello', atEnd('552 too large'))],
  ['554 to the text', 'delivery.message_refused', 'never', () => talking('220 hello', atEnd('554 spam'))],
  ['535 to the login', 'delivery.smtp_auth_failed', 'never', () => mailing(loginAnswers(535), { secret })],
  [
    'a certificate that is not to be trusted',
    'delivery.smtp_not_secure',
    'never',
    () => mailing({ secure: true }, {}, { secure: true }),
  ],
  ['TLS to a port without it', 'delivery.smtp_not_secure', 'never', () => mailing({}, {}, { secure: true })],
  [
    'a private address',
    'permissions.address_not_allowed',
    'never',
    () => mailing({}, { policy: { allowPrivateAddresses: false } }),
  ],
  [
    'no connection of the type',
    'permissions.connection_missing',
    'never',
    () => Promise.resolve({ node: email(), connection: connectionOf('storage', { url: 'file:./x' }) }),
  ],
  [
    'a value that is no address',
    'delivery.recipient_invalid',
    'never',
    () => mailing({}, { trigger: { to: 'nobody' } }),
  ],
  ['a value that is missing', 'data.unresolved_variable', 'never', () => mailing({}, { trigger: {} })],
  [
    'a connection cut within the text',
    'delivery.smtp_unreachable',
    'nobody knows',
    () =>
      talking(
        '220 hello',
        willing((_, socket, inData) => {
          if (inData) socket.destroy()
          return inData
        }),
      ),
  ],
]

// Storage

const storage: Drawn = {
  node_type: 'storage',
  label: 'Archive',
  config: { connection_id: connectionId, folder: 'contracts/{{trigger.id}}' },
}
const inFolder = (root: string, more: Partial<Met> = {}): Met => ({
  node: storage,
  connection: connectionOf('storage', { url: `file:${root}` }),
  stop: () => rm(root, { recursive: true, force: true }),
  ...more,
})
const newFolder = () => mkdtemp(join(tmpdir(), 'docg-meets-'))

const isRoot = process.getuid?.() === 0
const nobody = 65_534

/** Files are reached as an ordinary user while the step is at work: root may write everywhere. */
const unprivileged = (run: StepRun): StepRun => ({
  ...run,
  once: (intention, act) =>
    run.once(intention, async () => {
      if (!isRoot) return act()
      process.seteuid?.(nobody)
      try {
        return await act()
      } finally {
        process.seteuid?.(0)
      }
    }),
})
const readOnly = async (): Promise<Met> => {
  const root = await newFolder()
  await mkdir(join(root, 'contracts/7'), { recursive: true })
  for (const folder of ['contracts/7', 'contracts', '']) await chmod(join(root, folder), 0o555)
  return inFolder(root, { change: unprivileged })
}
/** Root in a container may, or may not. */
const mayMount = (): boolean => {
  const folder = mkdtempSync(join(tmpdir(), 'docg-mount-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8k', 'tmpfs', folder], { stdio: 'ignore' })
    execFileSync('umount', [folder])
    return true
  } catch {
    return false
  } finally {
    rmdirSync(folder)
  }
}
/** A file system of its own that is too small for the document. */
const full = async (): Promise<Met> => {
  const root = await newFolder()
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8k', 'tmpfs', root])
  await writeFile(join(root, 'filler'), Buffer.alloc(4_096))
  const stop = async () => {
    execFileSync('umount', [root])
    await rm(root, { recursive: true })
  }
  return inFolder(root, { stop })
}
/** As a link into a file system that is not mounted. */
const dangling = async (): Promise<Met> => {
  const root = await newFolder()
  await symlink(join(root, 'none/here'), join(root, 'mount'))
  return inFolder(root, { connection: connectionOf('storage', { url: `file:${root}/mount` }) })
}
const inTheWay = async (): Promise<Met> => {
  const root = await newFolder()
  await writeFile(join(root, 'contracts'), '')
  return inFolder(root)
}
const keys = { access_key_id: s3Credentials.accessKeyId, secret_access_key: s3Credentials.secretAccessKey }

const inBucket = async (bucket: string, more: Partial<Met> = {}): Promise<Met> => {
  const { endpoint, stop } = await startS3('archive')
  return {
    node: storage,
    connection: connectionOf('storage', { url: `s3://${bucket}/docs?endpoint=${endpoint}` }),
    secret: keys,
    stop,
    ...more,
  }
}
/** A server that answers every request of S3 the same way. */
const s3Answers = async (listener: RequestListener): Promise<Met> => {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    node: storage,
    connection: connectionOf('storage', { url: `s3://archive?endpoint=http://127.0.0.1:${port}` }),
    secret: keys,
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
const status =
  (code: number, name: string): RequestListener =>
  (req, res) => {
    req.resume()
    res.writeHead(code, { 'Content-Type': 'application/xml' })
    res.end(req.method === 'HEAD' ? undefined : `<Error><Code>${name}</Code><Message>${name}</Message></Error>`)
  }
const cut: RequestListener = (req) => {
  req.socket.destroy()
}

const storageRows: ReadonlyArray<Row> = [
  ...(mayMount() ? ([['no space, ENOSPC', 'delivery.storage_full', 'again', full]] as const) : []),
  ['a place that is away, ENOENT', 'delivery.destination_not_found', 'again', dangling],
  ['503 of S3', 'rate_limited', 'again', () => s3Answers(status(503, 'SlowDown'))],
  ['500 of S3', 'service_unavailable', 'again', () => s3Answers(status(500, 'InternalError'))],
  ['a cut connection', 'service_unavailable', 'again', () => s3Answers(cut)],
  [
    'nothing listening',
    'service_unavailable',
    'again',
    () =>
      Promise.resolve({
        node: storage,
        connection: connectionOf('storage', { url: 's3://archive?endpoint=http://127.0.0.1:1' }),
        secret: keys,
      }),
  ],
  ['a folder without the right, EACCES', 'delivery.storage_write_denied', 'never', readOnly],
  ['a file in the way, ENOTDIR', 'delivery.destination_not_found', 'never', inTheWay],
  ['a bucket that is not there, 404', 'delivery.destination_not_found', 'never', () => inBucket('elsewhere')],
  [
    'a key that does not fit, 403',
    'delivery.storage_write_denied',
    'never',
    () => inBucket('archive', { secret: { access_key_id: 'stranger', secret_access_key: 'wrongwrong' } }),
  ],
  ['400 of S3', 'delivery.storage_write_denied', 'never', () => s3Answers(status(400, 'AuthorizationHeaderMalformed'))],
  [
    '301 of S3, another region',
    'delivery.destination_not_found',
    'never',
    () => s3Answers(status(301, 'PermanentRedirect')),
  ],
  [
    'a folder that may not be',
    'permissions.address_not_allowed',
    'never',
    async () => inFolder(await newFolder(), { policy: { allowPrivateAddresses: false } }),
  ],
  [
    'a value that leads upwards',
    'data.invalid_format',
    'never',
    async () => inFolder(await newFolder(), { trigger: { ...trigger, id: '../..' } }),
  ],
]

// Documents

const documentOf = (more: JsonObject = {}): Drawn => ({
  node_type: 'uploaded-document',
  label: 'Contract',
  config: { template_id: templateId, output_name_template: 'contract', ...more },
})
const rendering =
  (...lines: ReadonlyArray<string>) =>
  async (): Promise<Met> => ({
    node: documentOf(),
    templates: [new Uint8Array(await templateDocx(...lines))],
  })
const withEngine = (docx: Pick<DocxEngine, 'renderTemplate'>) => (run: StepRun) => ({ ...run, docx })

const closed = async (): Promise<Met> => {
  const engine = docxEngine({ threads: 1 })
  await engine.close()
  return { ...(await rendering('Hello')()), change: withEngine(engine) }
}
/** Every thread and every place in the queue taken. */
const crowded = async (): Promise<Met> => {
  const engine = docxEngine({ threads: 1, queue: 1 })
  const slow = new Uint8Array(await templateDocx('{{#a}}{{#b}}{{x}}{{/b}}{{/a}}'))
  const many = Array.from({ length: 600 }, () => ({}))
  const going = [0, 1].map(() => engine.renderTemplate(slow, { a: many, b: many, x: 'x' })())
  const stop = async () => {
    await engine.close()
    await Promise.all(going)
  }
  return { ...(await rendering('Hello')()), change: withEngine(engine), stop }
}
const late = async (): Promise<Met> => {
  const stop = new AbortController()
  stop.abort()
  return { ...(await rendering('Hello')()), change: (run) => ({ ...run, signal: stop.signal }) }
}
const gone = async (): Promise<Met> => ({
  ...(await rendering('Hello')()),
  change: (run) => ({
    ...run,
    blobs: { ...run.blobs, get: (sha256) => TE.left({ _tag: 'BlobNotFound', sha256 }) },
  }),
})

const documentRows: ReadonlyArray<Row> = [
  ['an engine that is closing', 'rate_limited', 'again', closed],
  ['an engine that is full', 'rate_limited', 'again', crowded],
  ['an attempt that is over', 'timeout', 'again', late],
  ['no template', 'template.not_found', 'never', () => Promise.resolve({ node: documentOf() })],
  ['a template whose file is gone', 'template.not_found', 'never', gone],
  ['a value that is missing', 'data.unresolved_variable', 'never', rendering('{{absent}}')],
  ['a text where a list is due', 'data.list_expected', 'never', rendering('{{#name}}{{x}}{{/name}}')],
  [
    'a list where a text is due',
    'data.invalid_format',
    'never',
    async () => ({
      ...(await rendering('{{name}}')()),
      trigger: { name: { first: 'Ana' } },
    }),
  ],
  [
    'a PDF where none can be made',
    'template.pdf_converter_unavailable',
    'never',
    () => Promise.resolve({ node: documentOf({ create_pdf: true }) }),
  ],
]

// Reviews

const review: Drawn = {
  node_type: 'review-documents',
  label: 'Approve',
  config: { approver_emails: ['{{trigger.to}}'], message_template: 'Please look' },
}
const mailer = (port: number) => (run: StepRun) => ({
  ...run,
  mailer: {
    target: {
      config: { host: '127.0.0.1', port, from: 'docs@example.com' },
      secret: undefined,
      policy: { allowPrivateAddresses: true, fileRoot: undefined },
      times: { connection: 2_000, greeting: 500, socket: 500, whole: 3_000 },
    },
    reviewLink: () => ({ url: 'https://docg.example/review/x/y', token_sha256: 'ab'.repeat(32) }),
    localeOf: () => TE.right('en' as const),
  },
})
const inviting = async (options: SMTPServerOptions): Promise<Met> => {
  const { port, stop } = await startMailserver(options)
  return { node: review, change: mailer(port), stop }
}

const reviewRows: ReadonlyArray<Row> = [
  ['450 to an approver', 'rate_limited', 'again', () => inviting(recipientsAnswer(450))],
  [
    'a refused connection',
    'delivery.smtp_unreachable',
    'again',
    () => Promise.resolve({ node: review, change: mailer(closedPort) }),
  ],
  ['550 to an approver', 'delivery.recipient_rejected', 'never', () => inviting(recipientsAnswer(550))],
  ['no mail server of docg', 'delivery.mailer_missing', 'never', () => Promise.resolve({ node: review })],
  [
    'an approver who is none',
    'delivery.recipient_invalid',
    'never',
    () => Promise.resolve({ node: review, trigger: { to: 'x' } }),
  ],
]

describe('what may pass and what will not', () => {
  let docx: DocxEngine
  let template = new Uint8Array()
  before(async () => {
    docx = docxEngine()
    template = new Uint8Array(await templateDocx('Hello {{name}}'))
  })
  after(() => docx.close())

  const start = { node_type: 'manual', config: {} }
  const attemptAt = async ({ node, change, ...world }: Met, made: boolean) => {
    const run = await startNodeRun(docx, {
      trigger,
      templates: made ? [template] : [],
      ...world,
      nodes: made ? [start, documentOf(), node] : [start, node],
    })
    try {
      await run.step(1)
      if (made) await run.step(2)
      const stop = await run.step(made ? 3 : 2, change)
      return { stop, events: run.memory }
    } finally {
      await run.end()
    }
  }

  const expectStop = (result: E.Either<StepStop, StepResult>, code: string, outcome: Row[2]) => {
    if (outcome === 'nobody knows') {
      expect(result).to.deep.equal(E.left({ _tag: 'LookAgain' }))
      return
    }
    expect(result).to.nested.include({
      'left._tag': 'StepFault',
      'left.fault.code': code,
      'left.retryable': outcome === 'again',
    })
  }

  const tables: ReadonlyArray<readonly [type: string, rows: ReadonlyArray<Row>, made: boolean]> = [
    ['email', emailRows, false],
    ['storage', storageRows, true],
    ['uploaded-document', documentRows, false],
    ['review-documents', reviewRows, false],
  ]
  for (const [type, rows, made] of tables)
    describe(`for ${type}`, () => {
      for (const [what, code, outcome, meets] of rows)
        it(`${outcome}: ${what}`, async () => {
          const { stop = nothing, ...met } = await meets()
          try {
            const { stop: result } = await attemptAt(met, made)
            expectStop(result, code, outcome)
          } finally {
            await stop()
          }
        })
    })

  for (const type of ['manual', 'webhook'])
    it(`for ${type}: nothing can go wrong, whatever began the run`, async () => {
      const config = type === 'webhook' ? { field_mapping: {} } : {}
      const run = await startNodeRun(docx, { nodes: [{ node_type: type, config }], trigger: { a: [1, { b: null }] } })
      expect(E.isRight(await run.step(1))).to.equal(true)
      await run.end()
    })
})
