import { createHash } from 'node:crypto'
import { expect } from 'chai'
import request from 'supertest'
import { viewNonces } from '../../../src/api/pages/view-nonce'
import { until } from '../../support/until'
import { as, at } from '../requests'
import { sharedSite } from '../shared-site'
import type { Site } from '../site'
import { type AskedReview, type ReviewSite, startReviewSite } from '../../support/review-site'

type Fields = Readonly<Record<string, string>>

describe('the page of a review', () => {
  let site: Site
  let reviews: ReviewSite
  before(async function () {
    this.timeout(120_000)
    site = await sharedSite()
    reviews = await startReviewSite(site)
  })
  after(() => reviews.stop())

  const pathOf = (link: string): string => new URL(link).pathname
  const get = (link: string) => request(reviews.url).get(pathOf(link))
  const send = (link: string, fields: Fields) => request(reviews.url).post(pathOf(link)).type('form').send(fields)
  const nonceIn = (page: string): string => /name="nonce" value="([^"]+)"/.exec(page)?.[1] ?? ''
  const nonceOf = async (link: string): Promise<string> => nonceIn((await get(link)).text)
  const decide = async (link: string, decision: string, comment = '') =>
    send(link, { decision, comment, nonce: await nonceOf(link) })
  const first = ({ links }: AskedReview): string => links[0] ?? ''
  const typesOf = async ({ id }: AskedReview) => (await reviews.events(id)).map(({ type }) => type)

  describe('while it is open', () => {
    let asked: AskedReview
    before(async () => {
      asked = await reviews.ask({
        review: { message_template: 'Please check <b>{{trigger.client.name}}</b>.\n\nThanks' },
        name: 'Contracts & <Co>',
      })
    })

    it('shows the message and the documents, escaped, in the language asked for', async () => {
      const page = await get(first(asked)).set('Accept-Language', 'en').expect(200)
      expect(page.text).to.include('Review: Contracts &amp; &lt;Co&gt;')
      expect(page.text).to.include('Please check &lt;b&gt;Ana&lt;/b&gt;.').and.include('<p>Thanks</p>')
      expect(page.text).to.include('contract-123.docx').and.include('ana@example.com')
      expect(page.headers['content-language']).to.equal('en')
      expect((await get(first(asked))).text)
        .to.include('<html lang="pt-BR">')
        .and.include('Sua decisão')
      const switched = await request(reviews.url).get(`${pathOf(first(asked))}?locale=en`)
      expect(switched.text).to.include('Your decision')
    })

    it('has labels, headings and no script', async () => {
      const { text } = await get(first(asked))
      expect(text).to.include('<label for="comment">').and.include('name="viewport"')
      expect(text.match(/<h1/g)).to.have.length(1)
      expect(text).not.to.match(/<script|<img|<link|\son\w+=|javascript:/i)
    })

    it('is kept from caches, other sites and search engines, and sets no cookie', async () => {
      for (const answer of [
        await get(first(asked)),
        await send(first(asked), {}),
        await get(`${reviews.url}/review/x/y`),
      ]) {
        const policy = String(answer.headers['content-security-policy'])
        const nonce = /nonce-([\w+/=]+)/.exec(policy)?.[1] ?? 'none'
        expect(policy).to.equal(
          `default-src 'none'; style-src 'nonce-${nonce}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
        )
        expect(answer.text).to.include(`<style nonce="${nonce}">`)
        expect(answer.headers).to.include({
          'cache-control': 'no-store',
          'referrer-policy': 'no-referrer',
          'x-robots-tag': 'noindex, nofollow',
          'x-content-type-options': 'nosniff',
        })
        expect(answer.headers).not.to.have.any.keys('set-cookie', 'etag')
      }
      const again = [await get(first(asked)), await get(first(asked))].map(
        (one) => one.headers['content-security-policy'],
      )
      expect(again[0]).not.to.equal(again[1])
    })

    it('gives the documents of its run as downloads, and no others', async () => {
      const { documents } = await reviews.run(asked.id)
      const document = documents[0]!
      const below = `${pathOf(first(asked))}/documents`
      const file = await fetch(`${reviews.url}${below}/${document.document_id}`)
      const bytes = new Uint8Array(await file.arrayBuffer())
      expect(createHash('sha256').update(bytes).digest('hex')).to.equal(document.sha256)
      expect(file.headers.get('content-disposition')).to.equal('attachment; filename="contract-123.docx"')
      expect(file.headers.get('cache-control')).to.equal('no-store')
      expect(file.headers.get('referrer-policy')).to.equal('no-referrer')
      const other = await reviews.ask()
      const theirs = (await reviews.run(other.id)).documents[0]!
      await request(reviews.url).get(`${below}/${theirs.document_id}`).expect(404)
      await request(reviews.url).get(`${below}/x`).expect(404)
    })

    it('decides nothing by being looked at', async () => {
      const before = await typesOf(asked)
      await get(first(asked)).query({ decision: 'approved', nonce: await nonceOf(first(asked)) })
      await request(reviews.url)
        .head(pathOf(first(asked)))
        .expect(200)
      expect(await typesOf(asked)).to.deep.equal(before)
    })

    it('takes a form only with the nonce of its own view, of these hours', async () => {
      const other = await reviews.ask()
      const { review_id, approvers } = (await reviews.run(asked.id)).reviews[0]!
      const subject = `review/${asked.id}/${review_id}/${approvers[0]!.approver_id}`
      const old = viewNonces(site.derivingKey, () => Date.now() - 13 * 3_600_000).issue(subject)
      const early = viewNonces(site.derivingKey, () => Date.now() + 3_600_000).issue(subject)
      const forged = viewNonces(new Uint8Array(32)).issue(subject)
      const before = await typesOf(asked)
      for (const nonce of ['', 'x', old, early, forged, await nonceOf(first(other))]) {
        const page = await send(first(asked), { decision: 'approved', comment: 'Keep <me>', nonce }).expect(403)
        expect(page.text).to.include('role="alert"').and.include('Keep &lt;me&gt;</textarea>')
        expect(nonceIn(page.text)).not.to.equal('')
      }
      expect(await typesOf(asked)).to.deep.equal(before)
    })

    it('takes no form from another site', async () => {
      const before = await typesOf(asked)
      const fields = { decision: 'approved', comment: '', nonce: await nonceOf(first(asked)) }
      const foreign: ReadonlyArray<Fields> = [
        { Origin: 'https://evil.example' },
        { Origin: 'null', 'Sec-Fetch-Site': 'cross-site' },
        { 'Sec-Fetch-Site': 'same-site' },
        { Origin: 'no address' },
      ]
      for (const headers of foreign) await send(first(asked), fields).set(headers).expect(403)
      expect(await typesOf(asked)).to.deep.equal(before)
    })

    it('says what is wrong with a form, and decides nothing', async () => {
      const before = await typesOf(asked)
      const nonce = await nonceOf(first(asked))
      const long = await send(first(asked), { decision: 'approved', comment: 'x'.repeat(2_001), nonce }).expect(422)
      expect(long.text).to.include('role="alert"').and.include('aria-invalid="true"').and.include('<title>Erro: ')
      await send(first(asked), { decision: 'maybe', nonce }).expect(422)
      await send(first(asked), { nonce }).expect(422)
      const path = pathOf(first(asked))
      await request(reviews.url)
        .post(path)
        .type('form')
        .send(`decision=approved&decision=rejected&nonce=${nonce}`)
        .expect(422)
      await request(reviews.url).post(path).type('json').send({ decision: 'approved', nonce }).expect(415)
      await request(reviews.url)
        .post(path)
        .type('form')
        .send(`comment=${'x'.repeat(70_000)}`)
        .expect(413)
      const broken = await fetch(reviews.url + path, {
        method: 'POST',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        body: Buffer.from('comment=\xff', 'latin1'),
      })
      expect(broken.status).to.equal(400)
      const put = await request(reviews.url).put(path).expect(405)
      expect(put.headers).to.include({ allow: 'GET, HEAD, POST, OPTIONS' })
      expect(put.type).to.equal('text/html')
      expect(await typesOf(asked)).to.deep.equal(before)
    })

    it('is not there for who does not have the link, whatever else exists', async () => {
      const path = pathOf(first(asked))
      const wrong = [
        path.slice(0, -1) + (path.endsWith('A') ? 'B' : 'A'),
        path.slice(0, -1),
        `${path}A`,
        `/review/${asked.id}/x`,
        path.replace(asked.id, (await reviews.start()) as string),
        path.replace(asked.id, '6f9619ff-8b86-4011-b42d-00c04fc964ff'),
        path.replace(asked.id, 'x'),
        `/review/${asked.id}`,
        '/review',
        `${path}/more`,
        `${path}/documents`,
      ]
      const pages = await Promise.all(
        wrong.map((one) => request(reviews.url).get(one).expect(404).expect('Content-Type', /html/)),
      )
      const plain = pages.map(({ text }) => text.replace(/nonce="[^"]+"/, ''))
      expect(new Set(plain).size).to.equal(1)
      await request(reviews.url).post(wrong[0]!).type('form').send({ decision: 'approved' }).expect(404)
    })

    it('keeps its token out of the log of events and of requests', async () => {
      const token = first(asked).split('/').at(-1)!
      await get(`${first(asked)}/documents/x`)
      await get(first(asked).replace('/review/', '/Review/'))
      await get(first(asked).replace('/review/', '/%72eview/'))
      await get(`${reviews.url}/api/v1${pathOf(first(asked))}`)
      expect(site.logged()).to.include(`/review/${asked.id}/`).and.not.include(token)
      expect(JSON.stringify(await reviews.events(asked.id))).not.to.include(token)
    })
  })

  it('approves: the step is done, the run goes on, and log, audit and answer say who and how', async () => {
    const asked = await reviews.ask({ review: { approver_emails: ['ana@example.com', 'bia@example.com'] } })
    const link = asked.links[1]!
    const page = await send(link, { decision: 'approved', comment: ' Fine\r\nby me ', nonce: await nonceOf(link) })
      .set({ 'User-Agent': 'a telephone', 'Sec-Fetch-Site': 'same-origin', Origin: 'null' })
      .expect(200)
    expect(page.text).to.include('Aprovado').and.include('role="status"')
    const { reviews: kept, steps } = await reviews.run(asked.id)
    const approver = kept[0]!.approvers.find(({ email }) => email === 'bia@example.com')!
    const decided = (await reviews.events(asked.id)).find(({ type }) => type === 'ReviewDecided')!
    expect(decided.data).to.deep.include({ approved: true, via: 'link', approver_id: approver.approver_id })
    expect(decided.data).to.have.nested.property('personal.decided_by', 'bia@example.com')
    expect(decided.data).to.have.nested.property('personal.comment', 'Fine\nby me')
    expect(decided.data).to.have.nested.property('personal.user_agent', 'a telephone')
    expect(decided.data)
      .to.have.nested.property('personal.address')
      .that.matches(/127\.0\.0\.1|::1/)
    expect(steps[2]).to.deep.include({
      status: 'success',
      output: {
        approved: true,
        review_id: kept[0]!.review_id,
        via: 'link',
        decided_by: 'bia@example.com',
        comment: 'Fine\nby me',
      },
    })
    expect(await reviews.step(asked.id)).to.deep.equal({ _tag: 'Ended' })
    expect((await reviews.run(asked.id)).status).to.equal('completed')
    const client = as(site, site.ours, 'auditor')
    const audited = async () =>
      (at(await client.get(`/executions/${asked.id}/audit`), 'events') as ReadonlyArray<Fields> | undefined)?.find(
        ({ action }) => action === 'review.approved',
      )
    await until(async () => (await audited()) !== undefined)
    expect(await audited()).to.deep.include({ actor_type: 'user', actor_id: `approver:${approver.approver_id}` })
  })

  it('rejects: the run is canceled, with the comment as its reason', async () => {
    const asked = await reviews.ask()
    const page = await decide(first(asked), 'rejected', 'Wrong price')
    expect(page.status).to.equal(200)
    expect(page.text).to.include('Rejeitado')
    const events = await reviews.events(asked.id)
    expect(events.slice(-2).map(({ type }) => type)).to.deep.equal(['ReviewDecided', 'ExecutionCanceled'])
    expect(events.at(-1)!.data).to.have.nested.property('personal.reason', 'Wrong price')
    expect((await reviews.run(asked.id)).status).to.equal('canceled')
  })

  it('answers a late click with 410 and what became of it; the same said again by the same person with the same page', async () => {
    const asked = await reviews.ask({ review: { approver_emails: ['ana@example.com', 'bia@example.com'] } })
    const [ana, bia] = asked.links as [string, string]
    const nonces = { [ana]: await nonceOf(ana), [bia]: await nonceOf(bia) }
    await decide(ana, 'approved')
    const before = await typesOf(asked)
    const again = (link: string, decision: string) => send(link, { decision, comment: '', nonce: nonces[link] ?? '' })
    await again(ana, 'approved').expect(200)
    await again(ana, 'rejected').expect(410)
    const late = await again(bia, 'approved').set('Accept-Language', 'en').expect(410)
    expect(late.text).to.include('approved already').and.include('by somebody else')
    expect(late.text).not.to.include('ana@example.com')
    const looked = await get(ana).set('Accept-Language', 'en').expect(410)
    expect(looked.text).to.match(/Decided on \w+ \d+, \d{4} at .*, by you/)
    const document = (await reviews.run(asked.id)).documents[0]!.document_id
    await get(`${ana}/documents/${document}`).expect(410)
    expect(await typesOf(asked)).to.deep.equal(before)
  })

  it('lets one of two clicks at once win', async () => {
    const asked = await reviews.ask({ review: { approver_emails: ['ana@example.com', 'bia@example.com'] } })
    const [ana, bia] = asked.links as [string, string]
    const [one, two] = [await nonceOf(ana), await nonceOf(bia)]
    const answers = await Promise.all([
      send(ana, { decision: 'approved', nonce: one }),
      send(bia, { decision: 'rejected', nonce: two }),
      send(ana, { decision: 'approved', nonce: one }),
      send(bia, { decision: 'rejected', nonce: two }),
    ])
    const decided = (await reviews.events(asked.id)).filter(({ type }) => type === 'ReviewDecided')
    expect(decided).to.have.length(1)
    const approved = (decided[0]!.data as { readonly approved: boolean }).approved
    expect(answers.map(({ status }) => status)).to.deep.equal(approved ? [200, 410, 200, 410] : [410, 200, 410, 200])
  })

  it('is dead when its time is over, before and after the run has noticed', async () => {
    const asked = await reviews.ask({ review: { timeout_hours: 1 }, worker: { ago: 2 * 3_600_000 } })
    const page = await get(first(asked)).set('Accept-Language', 'en').expect(410)
    expect(page.text).to.include('The time for this review is over').and.include('could be decided until')
    await send(first(asked), { decision: 'approved' }).expect(410)
    await reviews.step(asked.id)
    expect((await reviews.run(asked.id)).status).to.equal('failed')
    expect((await reviews.run(asked.id)).lastFault?.code).to.equal('review.expired')
    expect((await get(first(asked)).set('Accept-Language', 'en').expect(410)).text).to.include(
      'time for this review is over',
    )
  })

  it('says that silence was taken for consent, where it was', async () => {
    const asked = await reviews.ask({
      review: { timeout_hours: 0.5, auto_approve_on_timeout: true },
      worker: { ago: 3_600_000 },
    })
    const page = await get(first(asked)).set('Accept-Language', 'en').expect(410)
    expect(page.text).to.include('automatically')
    expect(await reviews.step(asked.id)).to.deep.equal({ _tag: 'Ended' })
    expect(await reviews.run(asked.id)).to.deep.include({ status: 'completed' })
    expect((await get(first(asked)).set('Accept-Language', 'en').expect(410)).text).to.include('automatically')
  })

  it('is dead when somebody decided by the API', async () => {
    const asked = await reviews.ask()
    await as(site, site.ours, 'operator').post(`/executions/${asked.id}/resume`, { approved: true }).expect(200)
    const page = await get(first(asked)).set('Accept-Language', 'en').expect(410)
    expect(page.text).to.include('approved already').and.include('by somebody else')
  })

  it('is dead when its run was canceled, or rejected by the API', async () => {
    const operator = as(site, site.ours, 'operator')
    const canceled = await reviews.ask()
    const nonce = await nonceOf(first(canceled))
    await operator.post(`/executions/${canceled.id}/cancel`, { reason: 'Not needed' }).expect(200)
    await send(first(canceled), { decision: 'approved', nonce }).expect(410)
    const page = await get(first(canceled)).set('Accept-Language', 'en').expect(410)
    expect(page.text).to.include('The run was canceled').and.not.include('Not needed')
    const rejected = await reviews.ask()
    await operator.post(`/executions/${rejected.id}/resume`, { approved: false }).expect(200)
    expect((await reviews.run(rejected.id)).status).to.equal('canceled')
    expect((await get(first(rejected)).set('Accept-Language', 'en').expect(410)).text).to.include('rejected already')
  })
})
