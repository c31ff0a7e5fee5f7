import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import { keyedBy } from '../../src/api/canonical'
import { contextOf } from '../../src/api/command'
import { newTrace } from '../../src/api/context'
import type { Call } from '../../src/api/on'

describe('the context of a command', () => {
  const keyed = keyedBy(new Uint8Array(32))
  const asked = (body: unknown): Call<object, unknown> => {
    const headers = { 'idempotency-key': 'one' }
    const req = { method: 'POST', originalUrl: '/api/v1/workflows?plan=true', headers }
    const caller = { actor: { type: 'user', id: 'ana' }, organization: randomUUID(), locale: 'en', roles: [] }
    return { req, caller, body, query: {}, locale: 'en', showTech: false, ...newTrace(req) } as unknown as Call<
      object,
      unknown
    >
  }

  it('holds the hash of what was asked for', async () => {
    const context = await contextOf(keyed, asked({ a: 1 }))()
    expect(E.isRight(context) && context.right.commandHash).to.equal(
      keyed.hashOfRequest('POST', '/api/v1/workflows', { a: 1 }),
    )
  })

  it('lets others have their turn before anything is done with it', async () => {
    let isTheirs = false
    setImmediate(() => (isTheirs = true))
    await contextOf(keyed, asked({}))()
    expect(isTheirs).to.equal(true)
  })
})
