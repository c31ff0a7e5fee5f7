import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect } from 'chai'
import { clientOf } from '../support/client'
import { type Product, startProduct } from '../support/product'
import { until } from '../support/until'

const script = join(__dirname, '../../dist/embedded/demo-main.js')

describe('npm run demo', () => {
  let product: Product
  const children: ChildProcess[] = []
  before(async function () {
    this.timeout(180_000)
    product = await startProduct()
  })
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL')
  })
  after(async function () {
    this.timeout(60_000)
    await product.stop()
  })

  const demo = (args: ReadonlyArray<string>, dataDir = product.dataDir) => {
    const child = spawn(process.execPath, [script, ...args], { env: { ...process.env, DOCG_DATA_DIR: dataDir } })
    children.push(child)
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
    return { said: () => said, ended: once(child, 'close').then(([code]) => ({ code: code as number, said })) }
  }
  const mailsTo = async (address: string) =>
    (await clientOf(product).mails()).filter(({ envelope }) => envelope.to.includes(address))

  const expectShown = async ({ code, said }: { readonly code: number; readonly said: string }, address: string) => {
    expect([code, said.split('\n').at(-2)], said).to.deep.equal([0, 'run       completed'])
    const shown = [...said.matchAll(/^\[.{24}\] +(\d+) % {2}(\S+)/gm)].map(
      ([, progress, type]) => `${type} ${progress}`,
    )
    expect(shown[0]).to.equal('execution.created 0')
    expect(shown.at(-1)).to.equal('execution.completed 100')
    expect(shown.filter((line) => line.startsWith('step.completed'))).to.have.length(4)
    expect(said).to.match(/^document {2}http\S+\/documents\/[0-9a-f-]{36} \(.+\.docx\)$/m)
    expect(await mailsTo(address)).to.have.length(1)
  }

  it('shows a run live, and where the document and the e-mail are', async () => {
    await expectShown(await demo(['--to', 'demo@example.com']).ended, 'demo@example.com')
  }).timeout(60_000)

  it('goes on when the API dies under it, with nothing lost or shown twice', async () => {
    const { said, ended } = demo(['--to', 'again@example.com'])
    await until(() => said().includes('execution.created'), 30_000)
    await product.kill9('api')
    await expectShown(await ended, 'again@example.com')
  }).timeout(90_000)

  it('says what is wrong in a line or two', async () => {
    const nowhere = await demo([], join(product.dataDir, 'nowhere')).ended
    expect(nowhere.code).to.equal(1)
    expect(nowhere.said).to.include('There is no demo yet').and.not.include('    at ')
    expect((await demo(['--too']).ended).said).to.include('--help explains')
    expect(await demo(['--help']).ended).to.include({ code: 0 })
  }).timeout(60_000)
})
