import { execFile } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { preflightMessages } from '../../src/domain/messages'
import { derivedId, ExecutionId, TemplateId } from '../../src/domain/ids'
import type { JsonObject } from '../../src/domain/json'
import { template, templateStream } from '../../src/domain/template'
import { probeConnection } from '../../src/nodes/connections/probe'
import { probesOf } from '../../src/nodes/preflight'
import { docxEngine, type DocxEngine } from '../../src/nodes/template-inspection'
import { sha256Of } from '../../src/stores/blobs/sha256'
import { attachedTemplate, officeFile } from '../nodes/uploaded-document/docx/office-files'
import { withFile } from '../nodes/uploaded-document/docx/tampering'
import { templateDocx, templateDocxOf } from '../support/docx'
import { endless } from '../support/hard-texts'
import { type HubSpot, startHubSpot } from '../support/hubspot'
import { type ReviewSite, startReviewSite } from '../support/review-site'
import { s3Credentials, type S3Server, startS3 } from '../support/s3'
import { right, sendTo } from '../support/send'
import { type Mailserver, startMailserver, startScriptedServer } from '../support/smtp'
import { as, at, type Body, bodyOf, type Client, idOf, manual, uploadDocx } from './requests'
import { sharedSite } from './shared-site'
import type { Site } from './site'

type Code = keyof typeof preflightMessages
/** Issues that the API answers with, in English and in Portuguese. */
type Told = { readonly en: ReadonlyArray<Body>; readonly pt: ReadonlyArray<Body>; readonly drawn?: object }
type Situation = () => Promise<Told | 'not possible here'>
/** Why a code that stands in the messages cannot be raised yet. */
type Later = { readonly later: string }

const pdf: Later = {
  later: 'needs documents as PDF, whose fonts lack characters; a .docx is shown with the fonts of its reader',
}

const run = promisify(execFile)

describe('every code of the checks', function () {
  this.timeout(60_000)
  let site: Site
  let works: ReviewSite
  let client: Client
  let engine: DocxEngine
  let s3: S3Server
  let refusing: Mailserver
  let silent: Awaited<ReturnType<typeof startScriptedServer>>
  let hubSpot: HubSpot
  let folder: string

  before(async () => {
    site = await sharedSite()
    client = as(site, site.ours)
    works = await startReviewSite(site)
    engine = docxEngine({ threads: 1 })
    s3 = await startS3('archive')
    refusing = await startMailserver({
      authOptional: false,
      onAuth: (_, __, done) => done(Object.assign(new Error('no'), { responseCode: 535 })),
    })
    silent = await startScriptedServer(undefined, () => undefined)
    hubSpot = await startHubSpot()
    hubSpot.denied.add('deals/124')
    const kind = 'private'
    hubSpot.tokens.set('pat-bare', { scopes: [], kind })
    hubSpot.tokens.set('pat-over', { scopes: [], kind, refused: 'EXPIRED_AUTHENTICATION' })
    folder = await mkdtemp(join(tmpdir(), 'docg-codes-'))
  })
  after(async () => {
    await Promise.all([works.stop(), engine.close(), s3.stop(), refusing.stop(), silent.stop(), hubSpot.stop()])
    await rm(folder, { recursive: true, force: true })
  })

  const told = async (
    ask: (locale: 'en' | 'pt-BR') => Promise<ReadonlyArray<Body>>,
    drawn?: object,
  ): Promise<Told> => ({
    en: await ask('en'),
    pt: await ask('pt-BR'),
    ...(drawn === undefined ? {} : { drawn }),
  })

  const verdictOf = ({ blocking, warnings }: Body): ReadonlyArray<Body> => [
    ...(blocking as ReadonlyArray<Body>),
    ...(warnings as ReadonlyArray<Body>),
  ]

  /** The verdict on a draft of these nodes with these data. */
  const check = async (nodes: ReadonlyArray<object>, trigger_data: object = {}, by: Client = client): Promise<Told> => {
    const drawn = { name: 'Drawn', nodes }
    const id = idOf(await by.post('/workflows', drawn).expect(201))
    const ask = async (locale: string) =>
      verdictOf(bodyOf(await by.post(`/workflows/${id}/preflight?locale=${locale}`, { trigger_data }).expect(200)))
    return told(ask, drawn)
  }

  const refused = (file: Uint8Array): Promise<Told> =>
    told(async (locale) => {
      const answer = await uploadDocx(client, file).query({ locale }).expect(422)
      return at(answer, 'params.issues') as ReadonlyArray<Body>
    })

  const uploaded = async (file: Uint8Array): Promise<string> => idOf(await uploadDocx(client, file).expect(201))
  const templateOf = async (...lines: ReadonlyArray<string>) => uploaded(await templateDocx(...lines))

  const document = (template_id: string, config: JsonObject = {}) => ({
    node_type: 'uploaded-document',
    label: 'Generate',
    config: { template_id, ...config },
  })
  const email = (config: JsonObject) => ({
    node_type: 'email',
    label: 'Send',
    config: { connection_id: randomUUID(), to: ['ana@example.com'], subject_template: 'Contract', ...config },
  })
  const storage = (connection_id: string) => ({ node_type: 'storage', label: 'Archive', config: { connection_id } })
  const signatures = (config: JsonObject) => ({ node_type: 'request-signatures', label: 'Sign', config })
  const signer = { name: 'Ana', email: 'ana@example.com' }

  const connection = async (type: string, config: JsonObject, secret?: JsonObject): Promise<string> =>
    idOf(
      await client
        .post('/connections', { name: 'C', type, config, ...(secret === undefined ? {} : { secret }) })
        .expect(201),
    )
  const smtp = (port: number, secret?: JsonObject, more: JsonObject = {}) =>
    connection('smtp', { host: '127.0.0.1', port, from: 'docs@example.com', ...more }, secret)
  const bucket = (name: string, endpoint = s3.endpoint) =>
    connection(
      'storage',
      { url: `s3://${name}?endpoint=${endpoint}` },
      { access_key_id: s3Credentials.accessKeyId, secret_access_key: s3Credentials.secretAccessKey },
    )

  const hubSpotWith = (private_app_token: string, endsInMs?: number, base_url = hubSpot.url) => {
    const ends = endsInMs === undefined ? {} : { expires_at: new Date(Date.now() + endsInMs).toISOString() }
    return connection('hubspot', { base_url }, { private_app_token, ...ends })
  }
  const ofDeal = (source_connection_id: string, deal_id = '123', by = client) => {
    const config = { source_connection_id, source_object_type: 'deal' }
    return check([{ node_type: 'hubspot', label: 'Deal', config }], { deal_id }, by)
  }
  const guarded = () => ({ allowPrivateAddresses: false, fileRoot: folder })

  const sending = async (connection_id: string, by = client) => check([manual, email({ connection_id })], {}, by)
  const saving = async (connection_id: string, by = client) =>
    check([manual, document(await templateOf('Hello')), storage(connection_id)], {}, by)

  /** A template that an earlier version of docg took, with weaker rules: its file is stored, and the log tells of it. */
  const tookBefore = async (file: Uint8Array): Promise<string> => {
    const template_id = derivedId(TemplateId, randomUUID(), 'template')
    right(await site.blobs.put(file)())
    await sendTo(site.store, site.ours.id)(template, templateStream(template_id), {
      type: 'UploadTemplate',
      template_id,
      organization_id: site.ours.id,
      name: 'Old',
      content: {
        sha256: sha256Of(file),
        size: file.length,
        file_name: 'old.docx',
        tags: [],
        loops: [],
        tree: [],
        warnings: [],
      },
    })
    return template_id
  }
  const checkTaken = async (file: Uint8Array) => check([manual, document(await tookBefore(file))])

  const largeTemplate = () => templateDocxOf({ lines: ['Hello'], png: randomBytes(13.5 * 1_048_576) })
  const muchMarkup = () => withFile('word/extra.xml', `<a>${' '.repeat(17 * 1_048_576)}</a>`)

  const strict = () =>
    as(
      {
        app: site.appWith({
          probes: probesOf({
            secrets: site.secrets,
            probeConnection: (known, secret) =>
              probeConnection(known, secret, { outgoing: guarded(), secrets: site.secrets }),
            blobs: site.blobs,
            docx: engine,
            outgoing: guarded(),
          }),
        }),
      },
      site.ours,
    )

  /** A run waits for its data while a newer version of its template comes. */
  const versionMoved: Situation = async () => {
    const template_id = await templateOf('Hello {{client.name}}')
    const drawn = { name: 'W', nodes: [manual, document(template_id)] }
    const id = idOf(await client.post('/workflows', drawn).expect(201))
    await client.post(`/workflows/${id}/activate`).expect(200)
    const started = idOf(await client.post(`/workflows/${id}/executions`, { trigger_data: {} }).expect(201))
    await works.step(right(ExecutionId.decode(started)))
    const other = Buffer.from(await templateDocx('Dear {{client.name}}'))
    await client.send('post', `/templates/${template_id}/versions`).attach('file', other, 'v2.docx').expect(201)
    const changes = { client: { name: 'Ana' } }
    const resumed = await client.post(`/executions/${started}/resume`, { approved: true, changes }).expect(200)
    await works.step(right(ExecutionId.decode(started)))
    const revision = Number(bodyOf(resumed)['revision']) + 1
    return told(
      async (locale) =>
        verdictOf(bodyOf(await client.get(`/executions/${started}/preflight?at_least=${revision}&locale=${locale}`))),
      drawn,
    )
  }

  const full: Situation = async () => {
    const place = join(folder, 'full')
    try {
      await run('mkdir', [place])
      await run('mount', ['-t', 'tmpfs', '-o', 'size=4096,nr_inodes=1', 'tmpfs', place])
    } catch {
      return 'not possible here'
    }
    try {
      return await saving(await connection('storage', { url: `file:${place}` }))
    } finally {
      await run('umount', [place])
    }
  }

  const unreadableSecret: Situation = async () => {
    const id = await smtp(refusing.port, { user: 'docs', password: 'right' })
    await site
      .knex('connection_secrets')
      .where({ connection_id: id })
      .update({ tag: randomBytes(16) })
    return sending(id)
  }

  const situations: Readonly<Record<Code, Readonly<Record<string, Situation>> | Later>> = {
    'data.workflow_without_nodes': { 'a draft without nodes': () => check([]) },
    'data.node_not_configured': {
      'an e-mail without a subject': () =>
        check([manual, { node_type: 'email', label: 'Send', config: { to: ['ana@example.com'] } }]),
    },
    'data.missing_required_field': {
      'trigger data without what the trigger asks for': () =>
        check([{ ...manual, config: { required_fields: ['client.name', 'deal_id'] } }], { client: { name: ' ' } }),
    },
    'data.unresolved_variable': {
      'a text that refers to nothing': () => check([manual, email({ subject_template: 'Hello {{trigger.name}}' })]),
      'a mapping to nothing': async () =>
        check([
          manual,
          document(await templateOf('{{name}}'), {
            field_mappings: [{ template_tag: 'name', source_field: 'trigger.client.name' }],
          }),
        ]),
      'a row without a field': async () =>
        check([manual, document(await templateOf('{{#items}}', '{{price}}', '{{/items}}'))], { items: [{}] }),
    },
    'data.invalid_format': {
      'an object where text stands': async () =>
        check([manual, document(await templateOf('{{client}}'))], { client: { name: 'Ana' } }),
      'a list in a text': () =>
        check([manual, email({ subject_template: '{{trigger.items}}' })], { items: [{ title: 'One' }] }),
      'a folder that leads upwards': () =>
        check([manual, { node_type: 'storage', label: 'Archive', config: { folder: '../x' } }]),
    },
    'data.list_expected': {
      'text where rows are repeated': async () =>
        check([manual, document(await templateOf('{{#items}}', '{{price}}', '{{/items}}'))], { items: 'one' }),
    },
    'data.empty_list': {
      'no items': async () =>
        check([manual, document(await templateOf('{{#items}}', '{{price}}', '{{/items}}'))], { items: [] }),
    },
    'data.null_value': {
      'a field that is null': async () => check([manual, document(await templateOf('{{name}}'))], { name: null }),
    },
    'data.payload_too_large': {
      'more rows than a document takes': async () =>
        check([manual, document(await templateOf('{{#rows}}', '{{#items}}', '{{.}}', '{{/items}}', '{{/rows}}'))], {
          rows: Array<number>(400).fill(1),
          items: Array<number>(400).fill(1),
        }),
    },
    'data.source_object_not_found': {
      'a record that HubSpot does not have': async () => ofDeal(await hubSpotWith('pat-good'), '999'),
    },
    'data.check_unfinished': {
      'a text that would not end': () => check([manual, email({ body_template: endless })]),
    },
    'template.not_selected': {
      'a document without a template': () =>
        check([manual, { node_type: 'uploaded-document', label: 'Generate', config: {} }]),
    },
    'template.not_found': { 'a template that is not there': () => check([manual, document(randomUUID())]) },
    'template.large_file': {
      'a template of 13.5 MB': async () => check([manual, document(await uploaded(await largeTemplate()))]),
    },
    'template.content_removed': {
      'a template that hangs on another': async () =>
        check([manual, document(await uploaded(await officeFile([attachedTemplate()], await templateDocx('Hello'))))]),
    },
    'template.too_large': {
      'at upload, more markup than can be filled': async () => refused(await muchMarkup()),
      'one that was taken before': async () => checkTaken(await muchMarkup()),
    },
    'template.unreadable': {
      'at upload, no document at all': () => refused(Buffer.from('hello')),
      'a file that is gone': async () => {
        const file = await templateDocx(`Hello ${randomUUID()}`)
        const id = await uploaded(file)
        right(await site.blobs.remove(sha256Of(file))())
        return check([manual, document(id)])
      },
      'one that was taken before': () => checkTaken(Buffer.from('PK')),
    },
    'template.syntax_error': {
      'at upload, a section without an end': async () => refused(await templateDocx('{{#open}}')),
      'one that was taken before': async () => checkTaken(await templateDocx('{{#open}}')),
    },
    'template.unsafe_content': {
      'at upload, a program': async () => refused(await withFile('word/media/x.bin', '\x7fELF')),
      'one that was taken before': async () => checkTaken(await templateDocx('{{@raw}}')),
    },
    'template.unmapped_tag': {
      'a tag that nobody names': async () => check([manual, document(await templateOf('{{name}}'))]),
    },
    'template.pdf_converter_unavailable': {
      'a document as PDF': async () => check([manual, document(await templateOf('Hello'), { create_pdf: true })]),
    },
    'template.unsupported_glyph': pdf,
    'template.unused_mapping': {
      'a mapping of a tag that is not there': async () =>
        check([
          manual,
          document(await templateOf('Hello'), {
            field_mappings: [{ template_tag: 'name', source_field: 'trigger.name' }],
          }),
        ]),
    },
    'template.version_changed': { 'a newer version while the run waits': versionMoved },
    'permissions.connection_missing': {
      'none is chosen': () => check([manual, { node_type: 'storage', label: 'Archive', config: {} }]),
      'the one that is chosen is not there': () => sending(randomUUID()),
    },
    'permissions.secret_unreadable': { 'a secret that no key opens': unreadableSecret },
    'permissions.token_expired': {
      'a token that is over': async () => ofDeal(await hubSpotWith('pat-good', -1_000)),
      'a token of which HubSpot says so': async () => ofDeal(await hubSpotWith('pat-over')),
    },
    'permissions.token_revoked': {
      'a token that HubSpot does not take': async () => ofDeal(await hubSpotWith('pat-gone')),
    },
    'permissions.token_expiring': {
      'a token that ends within a week': async () => ofDeal(await hubSpotWith('pat-good', 86_400_000)),
    },
    'permissions.scope_missing': {
      'a token that may read nothing': async () => ofDeal(await hubSpotWith('pat-bare')),
    },
    'permissions.resource_denied': {
      "a record that the token's owner may not see": async () => ofDeal(await hubSpotWith('pat-good'), '124'),
    },
    'permissions.check_unavailable': {
      'a bucket whose server does not answer': async () =>
        saving(await bucket('archive', `http://127.0.0.1:${silent.port}`)),
      'a HubSpot that does not answer': async () =>
        ofDeal(await hubSpotWith('pat-good', undefined, `http://127.0.0.1:${silent.port}`)),
    },
    'permissions.address_not_allowed': {
      'a HubSpot in a private network': async () => ofDeal(await hubSpotWith('pat-good'), '123', strict()),
      'a mail server in a private network': async () => sending(await smtp(refusing.port), strict()),
      'a folder outside of the one for folders': async () =>
        saving(await connection('storage', { url: `file:${tmpdir()}` }), strict()),
    },
    'delivery.recipient_missing': {
      'no recipient is drawn': () => check([manual, email({ to: [] })]),
      'the data name none': () => check([manual, email({ to: ['{{trigger.email}}'] })], { email: ' ' }),
    },
    'delivery.recipient_invalid': { 'no address': () => check([manual, email({ to: ['ana'] })]) },
    'delivery.mailer_missing': {
      'a review where docg has no mail server': () =>
        check(
          [manual, { node_type: 'review-documents', label: 'Review', config: { approver_emails: ['a@example.com'] } }],
          {},
          as({ app: site.appWith({ canMail: false }) }, site.ours),
        ),
    },
    'delivery.smtp_unreachable': {
      'a mail server that says nothing': async () => sending(await smtp(silent.port)),
      'nobody at that port': async () => sending(await smtp(1)),
    },
    'delivery.smtp_auth_failed': {
      'a wrong password': async () => sending(await smtp(refusing.port, { user: 'docs', password: 'wrong' })),
    },
    'delivery.smtp_not_secure': {
      'TLS to a port without it': async () => sending(await smtp(refusing.port, undefined, { secure: true })),
    },
    'delivery.attachment_too_large': {
      'two documents of 13.5 MB': async () => {
        const id = await uploaded(await largeTemplate())
        return check([manual, document(id), document(id), email({ attachments: [2, 3] })])
      },
    },
    'delivery.destination_not_found': {
      'a bucket that is not there': async () => saving(await bucket('elsewhere')),
      'a file where the folder should be': async () => {
        await writeFile(join(folder, 'file'), '')
        return saving(await connection('storage', { url: `file:${folder}/file` }))
      },
    },
    'delivery.storage_write_denied': {
      'a folder that may only be read': async () => saving(await connection('storage', { url: 'file:/sys/docg' })),
    },
    'delivery.storage_full': { 'a folder that is full': full },
    'signature.provider_not_configured': {
      'no connection': () => check([manual, signatures({ recipients: [signer] })]),
      'a connection, and no provider in this version': () =>
        check([manual, signatures({ connection_id: randomUUID(), recipients: [signer] })]),
    },
    'signature.signers_missing': {
      'nobody is drawn': () => check([manual, signatures({})]),
      'an empty list': () => check([manual, signatures({ recipients: [] })]),
    },
    'signature.signer_invalid': {
      'a signer without an address': () => check([manual, signatures({ recipients: [{ name: 'Ana' }] })]),
      'an address that is none': () => check([manual, signatures({ recipients: [{ name: 'Ana', email: 'ana' }] })]),
    },
    'signature.expiration_invalid': {
      'a year': () => check([manual, signatures({ recipients: [signer], expiration_days: 365 })]),
    },
    'signature.duplicate_signer': {
      'the same address twice': () => check([manual, signatures({ recipients: [signer, signer] })]),
    },
    'signature.no_document_before': {
      'nothing to sign': () => check([manual, signatures({ recipients: [signer] })]),
    },
  }

  /** Whether a pointer leads to a field, or to where one is missing. */
  const leads = (drawn: object, pointer: string): boolean => {
    const [, ...names] = pointer.split('/')
    const around = names.slice(0, -1).reduce<unknown>((value, name) => (value as Body | undefined)?.[name], drawn)
    return typeof around === 'object' && around !== null
  }

  const isLater = (wanted: (typeof situations)[Code]): wanted is Later => typeof wanted['later'] === 'string'

  for (const [code, wanted] of Object.entries(situations) as ReadonlyArray<[Code, (typeof situations)[Code]]>)
    if (!isLater(wanted))
      for (const [what, situation] of Object.entries(wanted))
        it(`${code} is raised by ${what}`, async () => {
          const found = await situation()
          if (found === 'not possible here') return
          const issue = found.en.find((each) => each['code'] === code)
          const codes = found.en.map((each) => each['code'])
          expect(codes).to.include(code)
          const { severity, domain } = preflightMessages[code]
          expect(issue).to.include({ severity, domain })
          const said = [issue, found.pt.find((each) => each['code'] === code)].map((each) =>
            String(each?.['message_human']),
          )
          for (const text of said) expect(text).to.not.match(/(?<!\{)\{[a-z_]+[,}]|undefined|^[a-z]+\.[a-z_]+$/)
          expect(said[0]).to.not.equal(said[1])
          for (const pointer of (issue?.['pointers'] ?? []) as ReadonlyArray<string>)
            expect(leads(found.drawn ?? {}, pointer), pointer).to.equal(true)
        })

  it('has a situation, or a reason why not yet', () => {
    expect(Object.keys(situations).sort()).to.deep.equal(Object.keys(preflightMessages).sort())
    const later = Object.entries(situations).flatMap(([code, wanted]) => (isLater(wanted) ? [code] : []))
    expect(later.sort()).to.deep.equal(['template.unsupported_glyph'])
  })
})
