import { expect } from 'chai'
import { join } from 'node:path'
import { type Browser, desktop, hasBrowser, openBrowser, phone } from '../../support/browser'
import { type ReviewSite, startReviewSite } from '../../support/review-site'
import { until } from '../../support/until'
import { sharedSite } from '../shared-site'

const pictures = join(__dirname, '../../../.cache/screenshots')
const message = `Por favor, confira os valores e as datas.\n\nSe algo estiver errado, rejeite e diga o quê.`

const inBrowser = (device: 'desktop' | 'phone') => () => {
  let reviews: ReviewSite
  let browser: Browser
  before(async function () {
    this.timeout(120_000)
    reviews = await startReviewSite(await sharedSite())
    browser = await openBrowser(device === 'phone' ? phone : desktop)
  })
  after(async () => {
    await browser.close()
    await reviews.stop()
  })

  const ask = (name = 'Contrato de prestação de serviços') =>
    reviews.ask({ name, review: { message_template: message } })
  const picture = (what: string) => browser.screenshot(join(pictures, `review-${what}-${device}.png`))
  const overflow = () => browser.evaluate('document.documentElement.scrollWidth - innerWidth')

  it('is styled, fits the window, and has targets large enough for a finger', async () => {
    const { links } = await ask()
    await browser.open(links[0]!)
    await picture('open')
    expect(await browser.title()).to.equal('Revisão: Contrato de prestação de serviços – docg')
    expect(await browser.text('.message')).to.include('confira os valores')
    expect(await overflow()).to.be.at.most(0)
    const heights = await browser.evaluate(
      "[...document.querySelectorAll('button, .files a, footer a')].map((each) => each.getBoundingClientRect().height)",
    )
    expect(Math.min(...(heights as ReadonlyArray<number>))).to.be.at.least(44)
    expect(await browser.evaluate("getComputedStyle(document.querySelector('button')).backgroundColor")).not.to.match(
      /rgb\(2[34]\d, 2[34]\d, 2[34]\d\)/,
    )
    expect(await browser.cookies()).to.deep.equal([])
    expect(await browser.complaints()).to.deep.equal([])
  })

  it('approves with a click, and the link is dead after that', async () => {
    const { id, links } = await ask()
    await browser.open(links[0]!)
    await browser.type('#comment', 'Está certo')
    await browser.click('button[value=approved]')
    await browser.shows('h1', 'Aprovado')
    await picture('approved')
    const run = await reviews.run(id)
    expect(run.steps[2]?.output).to.include({ approved: true, comment: 'Está certo', decided_by: 'ana@example.com' })
    await browser.open(links[0]!)
    await browser.shows('h1', 'Esta revisão já foi aprovada')
    await picture('over')
  })

  it('rejects by keyboard alone, every control reached in order and seen to have the focus', async () => {
    const { id, links } = await ask()
    await browser.open(links[0]!)
    const tab = '\ue004'
    const seen: unknown[] = []
    for (let i = 0; i < 4; i += 1) {
      await browser.press(tab)
      seen.push(
        await browser.evaluate('document.activeElement.value ?? document.activeElement.innerText.split("\\n")[0]'),
      )
      expect(await browser.evaluate('getComputedStyle(document.activeElement).outlineStyle')).to.equal('solid')
      if (i === 1) await browser.press('Errado')
    }
    expect(seen).to.deep.equal(['contract-123.docx', '', 'approved', 'rejected'])
    await picture('focus')
    await browser.press('\ue007')
    await browser.shows('h1', 'Rejeitado')
    expect((await reviews.run(id)).status).to.equal('canceled')
    expect((await reviews.events(id)).at(-1)?.data).to.have.nested.property('personal.reason', 'Errado')
  })

  it('shows a mistake where it is read first, and loses nothing of what was written', async () => {
    const { links } = await ask()
    await browser.open(links[0]!)
    await browser.evaluate("document.querySelector('[name=nonce]').value = 'old'")
    await browser.type('#comment', 'Meu comentário')
    await browser.click('button[value=approved]')
    await until(async () => (await browser.title()).startsWith('Erro: '))
    await picture('mistake')
    expect(await browser.evaluate("document.activeElement.getAttribute('role')")).to.equal('alert')
    expect(await browser.evaluate("document.querySelector('#comment').value")).to.equal('Meu comentário')
    await browser.click('button[value=approved]')
    await browser.shows('h1', 'Aprovado')
  })

  it('keeps the language that was chosen, and long words inside', async () => {
    const { links } = await ask('Contratação'.repeat(15))
    await browser.open(links[0]!)
    await browser.click('footer a')
    await browser.shows('#decision', 'Your decision')
    expect(await overflow()).to.be.at.most(0)
    await picture('english')
    await browser.click('button[value=approved]')
    await browser.shows('h1', 'Approved')
  })
}

if (hasBrowser)
  for (const device of ['desktop', 'phone'] as const)
    describe(`the page of a review, on a ${device}`, inBrowser(device))
