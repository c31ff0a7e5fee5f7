import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import * as TE from 'fp-ts/TaskEither'
import * as fc from 'fast-check'
import type { StepResult, StepStop } from '../../../src/nodes/steps/step-run'
import { docxEngine, type DocxEngine } from '../../../src/nodes/template-inspection'
import type { BlobStore } from '../../../src/stores/blobs/blob-store'
import { docxText, templateDocx } from '../../support/docx'
import { decideOutcome } from '../../support/runs'
import { connectionId, connectionOf, startNodeRun, templateId, type World } from '../../support/node-run'
import { type Mailserver, startMailserver, startScriptedServer, willing } from '../../support/smtp'

const ok = (result: E.Either<StepStop, StepResult>): StepResult => {
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left))
  return result.right
}

describe('the e-mail step', () => {
  let docx: DocxEngine
  let server: Mailserver
  before(async () => {
    docx = docxEngine()
    server = await startMailserver()
  })
  after(async () => {
    await docx.close()
    await server.stop()
  })
  const latest = () => server.arrived.at(-1)

  const smtp = (port: number) => connectionOf('smtp', { host: '127.0.0.1', port, from: 'Docs <docs@example.com>' })

  const given = (config: Readonly<Record<string, unknown>>, world: Partial<World> = {}) =>
    startNodeRun(docx, {
      nodes: [
        { node_type: 'manual', config: {} },
        {
          node_type: 'email',
          label: 'Send',
          config: {
            connection_id: connectionId,
            to: ['{{trigger.email}}'],
            subject_template: 'Contract',
            ...config,
          },
        },
      ],
      trigger: { email: 'ana@example.com' },
      connection: smtp(server.port),
      ...world,
    })

  it('sends one message with the document to all recipients, blind copies unseen', async () => {
    const run = await startNodeRun(docx, {
      nodes: [
        { node_type: 'manual', config: {} },
        {
          node_type: 'uploaded-document',
          label: 'Contract',
          config: { template_id: templateId, output_name_template: 'Contrato ção {{trigger.id}}' },
        },
        {
          node_type: 'email',
          label: 'Send',
          config: {
            connection_id: connectionId,
            to: ['{{trigger.email}}'],
            cc: ['boss@example.com', 'ANA@example.com'],
            bcc: ['archive@example.com'],
            subject_template: 'Contrato {{trigger.id}} – ação',
            body_template: '<p>Olá {{trigger.name}}, {{step.2.file_name}}</p>',
            body_type: 'html',
            attachments: ['previous', 2],
          },
        },
      ],
      trigger: { email: 'ana@example.com', id: 7, name: '<Ana>' },
      templates: [await templateDocx('Hello {{name}}')],
      connection: smtp(server.port),
    })
    ok(await run.step(1))
    ok(await run.step(2))
    const result = ok(await run.step(3))
    const mail = latest()
    expect(mail?.to).to.deep.equal(['ana@example.com', 'boss@example.com', 'archive@example.com'])
    expect(mail?.raw).to.not.include('archive@example.com')
    expect(mail?.email.subject).to.equal('Contrato 7 – ação')
    expect(mail?.email.html?.trim()).to.equal('<p>Olá &lt;Ana&gt;, Contrato ção 7.docx</p>')
    expect(mail?.email.from).to.include({ name: 'Docs', address: 'docs@example.com' })
    expect(mail?.email.messageId).to.equal(result.output['message_id'])
    expect(mail?.email.attachments).to.have.length(1)
    const attachment = mail?.email.attachments[0]
    expect(attachment?.filename).to.equal('Contrato ção 7.docx')
    expect(docxText(new Uint8Array(attachment?.content as ArrayBuffer))).to.equal('Hello <Ana>')
    expect(result.output).to.include({ success: true, accepted_count: 3, rejected_count: 0 })
    await run.end()
  })

  it('sends once, however often the step is run', async () => {
    const run = await given({})
    ok(await run.step(1))
    const before = server.arrived.length
    const results = [ok(await run.step(2)), ok(await run.step(2))]
    expect(results[0]).to.deep.equal(results[1])
    expect(server.arrived.length - before).to.equal(1)
    await run.end()
  })

  it('asks a person when the connection is cut in the text, then sends under the same Message-ID', async () => {
    let cut = true
    const ids: Array<string> = []
    const scripted = await startScriptedServer(
      '220 hello',
      willing((line, socket, inData) => {
        const id = /^Message-ID: (.+)$/i.exec(line)?.[1]
        if (inData && id !== undefined) ids.push(id)
        if (inData && cut && id !== undefined) socket.destroy()
        return inData && cut
      }),
    )
    const run = await given({}, { connection: smtp(scripted.port) })
    ok(await run.step(1))
    expect(await run.step(2)).to.deep.equal(E.left({ _tag: 'LookAgain' }))
    expect(run.memory.run().status).to.equal('needs_review')
    cut = false
    await run.memory.send(decideOutcome('resend'))
    const { output } = ok(await run.step(2))
    expect(new Set(ids)).to.deep.equal(new Set([output['message_id']]))
    expect(ids).to.have.length(2)
    await scripted.stop()
    await run.end()
  })

  it('takes a person’s word that it was sent', async () => {
    const scripted = await startScriptedServer(
      '220 hello',
      willing((_, socket, inData) => {
        if (inData) socket.destroy()
        return inData
      }),
    )
    const run = await given({}, { connection: smtp(scripted.port) })
    ok(await run.step(1))
    await run.step(2)
    await run.memory.send(decideOutcome('assume_sent'))
    expect(ok(await run.step(2)).output).to.include({ success: true, assumed: true })
    await scripted.stop()
    await run.end()
  })

  it('waits for an attachment that cannot be had now, before it means to send', async () => {
    const run = await startNodeRun(docx, {
      nodes: [
        { node_type: 'manual', config: {} },
        { node_type: 'uploaded-document', config: { template_id: templateId, output_name_template: 'a' } },
        {
          node_type: 'email',
          config: {
            connection_id: connectionId,
            to: ['ana@example.com'],
            subject_template: 'Contract',
            attachments: ['previous'],
          },
        },
      ],
      trigger: { name: 'Ana' },
      templates: [await templateDocx('Hello {{name}}')],
      connection: smtp(server.port),
    })
    ok(await run.step(1))
    ok(await run.step(2))
    const before = server.arrived.length
    const away = () => TE.left({ _tag: 'BlobStoreUnavailable' as const, reason: 'away' })
    const waited = await run.step(3, (asked) => ({ ...asked, blobs: { ...asked.blobs, get: away } }))
    expect(waited).to.deep.equal(E.left({ _tag: 'Unavailable', reason: 'away' }))
    ok(await run.step(3))
    expect(server.arrived.length - before).to.equal(1)
    // Sent already: what it was made of is not needed any more.
    ok(await run.step(3, (asked) => ({ ...asked, blobs: { ...asked.blobs, get: away } })))
    expect(server.arrived.length - before).to.equal(1)
    await run.end()
  })

  it('does not read a file when all together are too large for a message', async () => {
    const document = { node_type: 'uploaded-document', config: { template_id: templateId, output_name_template: 'a' } }
    const world: World = {
      nodes: [
        { node_type: 'manual', config: {} },
        document,
        document,
        {
          node_type: 'email',
          config: {
            connection_id: connectionId,
            to: ['ana@example.com'],
            subject_template: 'Contracts',
            body_template: '12345',
            attachments: [2, 3],
          },
        },
      ],
      trigger: { name: 'Ana' },
      templates: [await templateDocx('Hello {{name}}')],
      connection: smtp(server.port),
    }
    /** What comes of attachments of so many bytes, and how often a file was read. */
    const claiming = async (bytes: number) => {
      const run = await startNodeRun(docx, world)
      for (const position of [1, 2, 3]) ok(await run.step(position))
      let read = 0
      const get = (from: BlobStore) => (sha256: string) => {
        read += 1
        return from.get(sha256)
      }
      const result = await run.step(4, (asked) => ({
        ...asked,
        documents: asked.documents.map((one) => ({ ...one, size: bytes / 2 })),
        blobs: { ...asked.blobs, get: get(asked.blobs) },
      }))
      await run.end()
      return { result, read, isMeant: run.memory.types().slice(-3).includes('EffectIntended') }
    }
    const before = server.arrived.length
    const most = 25 * 1_048_576 - 5
    const refused = await claiming(most + 1)
    expect(refused).to.nested.include({
      'result.left._tag': 'StepFault',
      'result.left.retryable': false,
      'result.left.fault.code': 'delivery.attachment_too_large',
      'result.left.fault.personal.params.limit': '25 MB',
      read: 0,
      isMeant: false,
    })
    expect(server.arrived.length).to.equal(before)
    const { result, read, isMeant } = await claiming(most)
    ok(result)
    expect([read, isMeant, server.arrived.length - before]).to.deep.equal([2, true, 1])
  })

  const faults: ReadonlyArray<readonly [string, string, Readonly<Record<string, unknown>>, Partial<World>]> = [
    [
      'an address with a line break',
      'delivery.recipient_invalid',
      {},
      { trigger: { email: 'a@example.com\r\nBcc: eve@example.com' } },
    ],
    [
      'two addresses in one',
      'delivery.recipient_invalid',
      {},
      { trigger: { email: 'a@example.com, eve@example.com' } },
    ],
    ['no address', 'delivery.recipient_missing', {}, { trigger: { email: '  ' } }],
    ['a missing address', 'data.unresolved_variable', {}, { trigger: {} }],
    ['a missing value in the body', 'data.unresolved_variable', { body_template: '{{trigger.nobody}}' }, {}],
    ['an attachment that is not there', 'data.unresolved_variable', { attachments: ['previous'] }, {}],
    [
      'a connection of another type',
      'permissions.connection_missing',
      {},
      { connection: connectionOf('storage', { url: 'file:./x' }) },
    ],
    ['a private address', 'permissions.address_not_allowed', {}, { policy: { allowPrivateAddresses: false } }],
  ]
  for (const [what, code, config, world] of faults)
    it(`ends for good on ${what}`, async () => {
      const run = await given(config, world)
      const before = server.arrived.length
      ok(await run.step(1))
      expect(await run.step(2)).to.nested.include({
        'left._tag': 'StepFault',
        'left.retryable': false,
        'left.fault.code': code,
      })
      expect(server.arrived.length).to.equal(before)
      await run.end()
    })

  it('gives every recipient and no other the mail, whatever the data says', async function () {
    this.timeout(60_000)
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        'x\r\nBcc: eve@example.com',
        'x\nTo: eve@example.com\n\nbody',
        '\r\n.\r\nMAIL FROM:<eve@example.com>',
        '=?utf-8?q?=0D=0ABcc:_eve@example.com?=',
        '\u2028Cc: eve@example.com',
      ),
    )
    await fc.assert(
      fc.asyncProperty(hostile, hostile, hostile, async (subject, body, name) => {
        const run = await given(
          {
            subject_template: 'S {{trigger.subject}}',
            body_template: '{{trigger.body}}',
            body_type: 'text',
            cc: ['boss@example.com'],
          },
          { trigger: { email: 'ana@example.com', subject, body: `b${body}`, name } },
        )
        ok(await run.step(1))
        const before = server.arrived.length
        ok(await run.step(2))
        const mail = latest()
        expect(server.arrived.length).to.equal(before + 1)
        expect(mail?.to).to.deep.equal(['ana@example.com', 'boss@example.com'])
        expect(mail?.email.to?.map((one) => one.address)).to.deep.equal(['ana@example.com'])
        expect(mail?.email.cc?.map((one) => one.address)).to.deep.equal(['boss@example.com'])
        expect(mail?.email.bcc ?? []).to.deep.equal([])
        const names = mail?.email.headers.map(({ key }) => key) ?? []
        expect(new Set(names).size).to.equal(names.length)
        await run.end()
      }),
      { numRuns: 40 },
    )
  })
})
