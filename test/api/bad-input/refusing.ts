import { expect } from 'chai'
import type { Response, Test } from 'supertest'
import { as, at, bodyOf, type Client, defineActive } from '../requests'
import { sharedSite } from '../shared-site'
import type { Site } from '../site'

export const mebibyte = 1_048_576

type Problem = { readonly pointer?: string; readonly parameter?: string; readonly problem: string }

export const problemsOf = (answer: Response): ReadonlyArray<string> =>
  ((at(answer, 'params.problems') as Problem[] | undefined) ?? []).map(
    ({ pointer, parameter, problem }) => `${parameter ?? pointer ?? ''}: ${problem}`,
  )

type Started = { readonly site: Site; readonly client: Client; readonly workflow: string }

/** The shared site with a workflow, for the tests of one `describe` that see a clear answer and nothing left behind. */
export const refusing = () => {
  let started: Started | undefined
  before(async () => {
    const site = await sharedSite()
    const client = as(site, site.ours)
    started = { site, client, workflow: await defineActive(client) }
  })
  const now = (): Started => {
    if (started === undefined) throw new Error('the site runs only within tests')
    return started
  }

  return {
    site: () => now().site,
    client: () => now().client,
    workflow: () => now().workflow,
    start: (body: string, type = 'application/json'): Test =>
      now().client.send('post', `/workflows/${now().workflow}/executions`).set('Content-Type', type).send(body),
    /** Sends, and sees that the amounts are what they were. */
    refused: async (sent: () => PromiseLike<Response>, status: number, code: string): Promise<Response> => {
      const { site } = now()
      const before = await site.amounts()
      const answer = await sent()
      expect([answer.status, bodyOf(answer)['code']]).to.deep.equal([status, code])
      expect(answer.headers['content-type']).to.match(/^application\/problem\+json/)
      expect(bodyOf(answer)).to.include.keys(
        'type',
        'title',
        'detail',
        'instance',
        'correlation_id',
        'recommended_actions',
      )
      expect(JSON.stringify(bodyOf(answer))).to.not.match(/\bat .*\(.*:\d+:\d+\)|node_modules/)
      expect(await site.amounts()).to.deep.equal(before)
      return answer
    },
  }
}
