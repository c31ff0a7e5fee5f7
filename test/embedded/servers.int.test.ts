import { Client as TemporalClient, Connection } from '@temporalio/client'
import { expect } from 'chai'
import { Redis } from 'ioredis'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { identityOf } from '../../src/embedded/process/identity'
import { type Stack, startStack } from '../../src/embedded/stack'

describe('the embedded Redis and Temporal', () => {
  let dataDir: string
  let stack: Stack<'redis' | 'temporal'>
  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'docg-servers-'))
    stack = await startStack({ dataDir, env: process.env, only: ['redis', 'temporal'] })
  })
  after(async () => {
    const pids = [stack.redis.pid(), stack.temporal.pid()]
    await stack.stop()
    for (const pid of pids) expect(identityOf(pid ?? 0)).to.equal(undefined)
    await rm(dataDir, { recursive: true })
  })

  const withTemporal = async <A>(use: (client: TemporalClient) => Promise<A>): Promise<A> => {
    const connection = await Connection.connect({ address: stack.temporal.address })
    return use(new TemporalClient({ connection })).finally(() => connection.close())
  }

  it('Redis keeps a stream through a restart', async () => {
    const write = new Redis(stack.redis.url)
    await write.xadd('docg:exec:1', '1-0', 'event', 'started')
    await write.quit()
    await stack.redis.restart()
    const read = new Redis(stack.redis.url)
    expect(await read.xrange('docg:exec:1', '-', '+')).to.deep.equal([['1-0', ['event', 'started']]])
    await read.quit()
  })

  it('Redis comes back after kill -9', async () => {
    await stack.redis.kill9()
    expect(stack.redis.pid()).to.equal(undefined)
    await stack.redis.restart()
    const redis = new Redis(stack.redis.url)
    expect(await redis.ping()).to.equal('PONG')
    await redis.quit()
  })

  it('Temporal keeps a workflow through kill -9, in the namespace default', async () => {
    const workflowId = 'execution-1'
    await withTemporal(({ workflow }) => workflow.start('run', { workflowId, taskQueue: 'docg' }))
    await stack.temporal.kill9()
    await stack.temporal.restart()
    const { status } = await withTemporal(({ workflow }) => workflow.getHandle(workflowId).describe())
    expect(status.name).to.equal('RUNNING')
  })
})
