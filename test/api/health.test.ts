import { expect } from 'chai'
import express from 'express'
import request from 'supertest'
import { type Dependencies, type Health, ready } from '../../src/api/health/health'

const up = { state: 'up' } as const
const never = () => new Promise<Health>(() => undefined)
const rejects = () => Promise.reject(new Error('hunter2'))

const answerOf = async (dependencies: Dependencies, isStopping = false) => {
  const answer = await request(
    express().get(
      '/',
      ready(dependencies, () => isStopping),
    ),
  ).get('/')
  return { status: answer.status, body: answer.body as { status: string; dependencies: Record<string, Health> } }
}

describe('readiness', () => {
  const needed = (ask: () => Promise<Health>) => ({ ask, without: 'down' as const })
  const helpful = (ask: () => Promise<Health>) => ({ ask, without: 'degraded' as const })
  const well = () => Promise.resolve(up)

  it('is said when all is up', async () => {
    const answer = await answerOf({ log: needed(well), files: helpful(well) })
    expect(answer).to.deep.equal({ status: 200, body: { status: 'ready', dependencies: { log: up, files: up } } })
  })

  it('goes with what cannot be done without', async () => {
    for (const ask of [never, rejects]) expect((await answerOf({ log: needed(ask) })).status).to.equal(503)
  })

  it('stays without what can be done without, whether it refuses or hangs', async () => {
    for (const ask of [never, rejects]) {
      const { status, body } = await answerOf({ log: needed(well), files: helpful(ask) })
      expect([status, body.status, body.dependencies['files']?.state]).to.deep.equal([200, 'degraded', 'degraded'])
      expect(JSON.stringify(body)).to.not.include('hunter2')
    }
  })

  it('goes when the process stops', async () => {
    expect(await answerOf({ log: needed(well) }, true)).to.deep.include({ status: 503 })
  })
})
