import { expect } from 'chai'
import { createHash } from 'node:crypto'
import request from 'supertest'
import type { Site } from '../../api/site'
import { sharedSite } from '../../api/shared-site'
import { linkIn, type ReviewSite, startReviewSite } from '../../support/review-site'
import { startMailserver } from '../../support/smtp'
import { until } from '../../support/until'

describe('the step that asks for a review', () => {
  let site: Site
  let reviews: ReviewSite
  before(async function () {
    this.timeout(120_000)
    site = await sharedSite()
    reviews = await startReviewSite(site)
  })
  after(() => reviews.stop())

  const both = { approver_emails: ['ana@example.com', 'bia@example.com'] }
  const typesOf = async (id: Parameters<ReviewSite['events']>[0]) => (await reviews.events(id)).map(({ type }) => type)
  const tokenOf = (link: string): string => link.split('/').at(-1) ?? ''
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

  it('sends each approver a letter of their own with a link of their own, and waits', async () => {
    const review = { approver_emails: ['ana@example.com', '{{trigger.boss}}', 'ANA@example.com'], timeout_hours: 2 }
    const trigger = { boss: 'boss@example.com' }
    const { id, letters, links, advanced } = await reviews.ask({ review, trigger })
    expect(letters.map(({ to }) => to)).to.deep.equal([['ana@example.com'], ['boss@example.com']])
    expect(new Set(links).size).to.equal(2)
    const run = await reviews.run(id)
    expect(run.reviews[0]?.approvers.map(({ token_sha256 }) => token_sha256)).to.deep.equal(
      links.map(tokenOf).map(sha256),
    )
    expect(run.status).to.equal('needs_review')
    const { since, until } = run.holds[0] as { readonly since: string; readonly until: string }
    expect(Math.round((Date.parse(until) - Date.parse(since)) / 60_000)).to.equal(120)
    expect(advanced).to.have.property('_tag', 'Wait')
    expect(advanced).to.have.property('ms').that.is.within(7_000_000, 7_200_000)
  })

  it("writes in the organization's language, in text and HTML, values escaped and on one line", async () => {
    const name = 'Contracts <b>\u2028\u0041'
    const review = { message_template: 'Dear <i>\n{{trigger.client.name}}' }
    const [ours] = (await reviews.ask({ name, review })).letters
    expect(ours?.email.subject).to.equal('Sua revisão foi pedida: Contracts <b> A')
    expect(ours?.email.text).to.include('Dear <i>\nAna').and.include('Este link é só seu')
    expect(ours?.email.html).to.include('Contracts &lt;b&gt;').and.include('Dear &lt;i&gt;<br>Ana')
    expect(ours?.email.html).to.include(`href="${linkIn(ours!)}"`)
    expect(ours?.email.from?.address).to.equal('docg@example.com')
    const [theirs] = (await reviews.ask({ tenant: site.theirs })).letters
    expect(theirs?.email.subject).to.equal('Your review is requested: Contract Generation')
    expect(theirs?.email.text).to.include('This link is yours alone')
  })

  it('tries again when the mail server is busy, asking for the same review with the same link', async () => {
    const refused: string[] = []
    const busy = await startMailserver({
      onRcptTo: ({ address }, _session, done) => {
        refused.push(address)
        done(Object.assign(new Error('busy'), { responseCode: 451 }))
      },
    })
    const { id, letters } = await reviews.ask({ review: both, worker: { port: busy.port } })
    await busy.stop()
    expect(letters).to.deep.equal([])
    expect(refused).to.deep.equal(['ana@example.com'])
    const [first] = (await reviews.run(id)).reviews
    expect((await reviews.run(id)).holds.map(({ kind }) => kind)).to.deep.equal(['retry_due'])
    const before = reviews.mail.arrived.length
    await reviews.step(id, { ago: -60_000 })
    const links = reviews.mail.arrived.slice(before).map(linkIn)
    expect(links.map(tokenOf).map(sha256)).to.deep.equal(first?.approvers.map(({ token_sha256 }) => token_sha256))
    expect((await reviews.run(id)).reviews).to.deep.equal([first])
    expect((await reviews.run(id)).status).to.equal('needs_review')
  })

  it('fails when an address is refused for good', async () => {
    const strict = await startMailserver({
      onRcptTo: (_address, _session, done) => done(Object.assign(new Error('no such user'), { responseCode: 550 })),
    })
    const { id } = await reviews.ask({ worker: { port: strict.port } })
    await strict.stop()
    const run = await reviews.run(id)
    expect(run.status).to.equal('failed')
    expect(run.lastFault?.code).to.equal('delivery.recipient_rejected')
  })

  const isInvitation = (data: unknown): boolean => JSON.stringify(data).includes('invitation/')
  for (const last of ['ReviewRequested', 'EffectIntended', 'InvitationSent', 'ReviewOpened'] as const)
    it(`goes on where a worker fell silent that had just said ${last}, and which wakes up too late`, async () => {
      const id = await reviews.start({ review: both })
      const before = reviews.mail.arrived.length
      const isLast = ({ type, data }: { readonly type: string; readonly data: unknown }) =>
        type === last && (last !== 'EffectIntended' || isInvitation(data))
      let wake: () => void = () => undefined
      const silence = new Promise<void>((resolve) => (wake = resolve))
      const silent = reviews.step(id, {
        log: (store) => ({
          ...store,
          append: (stream, expected, events) => async () => {
            const appended = await store.append(stream, expected, events)()
            if (events.some(isLast)) await silence
            return appended
          },
        }),
      })
      await until(async () => (await reviews.events(id)).some(isLast))
      await reviews.step(id)
      expect((await reviews.run(id)).holds.map(({ kind }) => kind)).to.deep.equal(['review'])
      wake()
      expect(await silent).to.have.property('_tag', 'Wait')
      const arrived = reviews.mail.arrived.slice(before)
      expect(new Set(arrived.map(({ email }) => email.messageId)).size).to.equal(2)
      expect(new Set(arrived.map(linkIn)).size).to.equal(2)
      expect(arrived.length).to.be.at.most(3)
      const types = await typesOf(id)
      for (const [type, count] of [
        ['ReviewRequested', 1],
        ['InvitationSent', 2],
        ['ReviewOpened', 1],
      ] as const)
        expect(
          types.filter((each) => each === type),
          type,
        ).to.have.length(count)
      expect((await reviews.run(id)).status).to.equal('needs_review')
    })

  it('stops asking when the first approver decides before the second is told', async () => {
    let link = ''
    const decided: number[] = []
    const decide = async () => {
      const path = new URL(link).pathname
      const page = await request(reviews.url).get(path)
      const nonce = /name="nonce" value="([^"]+)"/.exec(page.text)?.[1]
      const answer = await request(reviews.url).post(path).type('form').send({ decision: 'approved', nonce })
      decided.push(answer.status)
    }
    const mail = await startMailserver({
      onRcptTo: ({ address }, _session, done) => {
        if (address !== 'bia@example.com') {
          done()
          return
        }
        link = linkIn(mail.arrived[0]!)
        void decide().then(() => done())
      },
    })
    const { id, advanced } = await reviews.ask({ review: both, worker: { port: mail.port } })
    await mail.stop()
    expect(decided).to.deep.equal([200])
    expect(advanced).to.deep.equal({ _tag: 'Ended' })
    expect((await reviews.run(id)).status).to.equal('completed')
    expect(await typesOf(id)).not.to.include('ReviewOpened')
  })

  it('is held before anything is asked when docg has no mail server', async () => {
    const { id } = await reviews.ask({ worker: { port: null } })
    const run = await reviews.run(id)
    expect(run.holds.map(({ kind }) => kind)).to.deep.equal(['preflight_blocked'])
    expect(run.preflight.findings.map(({ code }) => code)).to.deep.equal(['delivery.mailer_missing'])
  })

  it('is skipped in a dry run', async () => {
    const before = reviews.mail.arrived.length
    const id = await reviews.start({ dryRun: true })
    await reviews.step(id)
    expect(await typesOf(id))
      .to.include('StepSkipped')
      .and.not.include('ReviewRequested')
    expect(reviews.mail.arrived.length).to.equal(before)
  })
})
