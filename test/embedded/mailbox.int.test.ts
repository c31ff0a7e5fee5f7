import { expect } from 'chai'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTransport } from 'nodemailer'
import { type Listed } from '../../src/embedded/mailbox/folder'
import { type Stack, startStack } from '../../src/embedded/stack'

const mail = {
  from: 'docg@example.com',
  to: ['ana@example.com', 'josé@exemplo.com.br'],
  subject: 'Contrato <b>nº 1</b> "ção"',
  text: 'Olá <script>alert(1)</script>',
  messageId: '<one@docg>',
  attachments: [{ filename: 'contrato <1>.docx', content: Buffer.from('docx bytes') }],
}

describe('the mailbox', () => {
  let dataDir: string
  let stack: Stack<'mailbox'>
  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'docg-mailbox-'))
    stack = await startStack({ dataDir, env: process.env, only: ['mailbox'] })
  })
  after(async () => {
    await stack.stop()
    await rm(dataDir, { recursive: true })
  })

  const send = (changes: object = {}, options: object = {}) =>
    createTransport({ url: stack.mailbox.smtpUrl, ...options }).sendMail({ ...mail, ...changes })
  const listed = async () => (await (await fetch(`${stack.mailbox.url}/messages`)).json()) as Listed[]
  const page = async (path: string) => (await fetch(stack.mailbox.url + path)).text()

  it('keeps what arrives, with envelope, subject and attachments', async () => {
    await send()
    const [message] = await listed()
    expect(message).to.deep.include({ subject: mail.subject, messageId: mail.messageId, copies: 1 })
    expect(message?.envelope).to.deep.equal({ from: mail.from, to: mail.to })
    expect(message?.attachments).to.have.length(1)
    expect(message?.attachments[0]).to.include({ filename: 'contrato <1>.docx', size: 10 })
    const files = await readdir(join(dataDir, 'mail'))
    expect(files.sort()).to.deep.equal([`${message?.id ?? ''}.eml`, `${message?.id ?? ''}.json`])
  })

  it('gives the attachment back byte for byte, as a download', async () => {
    const [message] = await listed()
    const response = await fetch(`${stack.mailbox.url}/messages/${message?.id ?? ''}/attachments/0`)
    expect(await response.text()).to.equal('docx bytes')
    expect(response.headers.get('content-disposition')).to.match(
      /^attachment; filename\*=UTF-8''contrato%20%3C1%3E.docx$/,
    )
  })

  it('escapes what a sender wrote, and forbids scripts', async () => {
    const [message] = await listed()
    const pages = (await page('/')) + (await page(`/view/${message?.id ?? ''}`))
    expect(pages).to.include('Contrato &lt;b&gt;nº 1&lt;/b&gt; &quot;ção&quot;').and.include('&lt;script&gt;')
    expect(pages).not.to.include('<script').and.not.include('<b>')
    const policy = (await fetch(stack.mailbox.url)).headers.get('content-security-policy')
    expect(policy).to.include("default-src 'none'")
  })

  it('shows a mail that was sent twice', async () => {
    await send()
    expect((await listed()).map(({ copies }) => copies)).to.deep.equal([2, 2])
    expect(await page('/')).to.include('2 copies of one Message-ID')
  })

  it('takes any log-in', async () => {
    await send({ messageId: '<two@docg>' }, { auth: { user: 'anybody', pass: 'anything' } })
    expect(await listed()).to.have.length(3)
  })

  it('keeps its mail through kill -9', async () => {
    await stack.mailbox.kill9()
    await stack.mailbox.restart()
    expect(await listed()).to.have.length(3)
  })

  it('gives nothing outside its folder, and nothing to a foreign host name', async () => {
    for (const path of ['/messages/..%2f..%2fetc', '/messages/20261122T000000000Z-00000000', '/view/', '/x'])
      expect((await fetch(stack.mailbox.url + path)).status).to.equal(404)
    const status = await new Promise((resolve, reject) => {
      request(stack.mailbox.url, { headers: { host: 'evil.example' } }, (response) => {
        resolve(response.statusCode)
      })
        .once('error', reject)
        .end()
    })
    expect(status).to.equal(421)
  })
})
