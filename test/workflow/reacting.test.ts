import { expect } from 'chai'
import { checkpointRefused } from '../../src/consumers/checkpoint'
import type { Position } from '../../src/domain/event-store'
import { executionStream } from '../../src/domain/execution'
import { reacting } from '../../src/workflow/reacting'
import { logOf } from '../support/arbitraries'
import { created, executionId } from '../support/runs'
import { until } from '../support/until'
import { delivered, feed, freeLease } from '../consumers/deliveries'

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }

describe('the reactor', () => {
  it('begins nothing more when its lease is over, and does it when it has it again', async () => {
    const started: string[] = []
    const saved: Position[] = []
    let held = false
    let refused = 0
    const stop = new AbortController()
    const store = feed(...logOf([{ of: executionId, event: created }]).map(delivered))
    const checkpoint = {
      ...freeLease(),
      ensureHeld: () => {
        if (held) return
        refused += 1
        throw checkpointRefused('reactor', { _tag: 'LeaseOver' })
      },
      saveSoon: (position: Position) => void saved.push(position),
    }
    const engine = {
      start: (id: string) => Promise.resolve(void started.push(id)),
      resume: () => Promise.resolve(),
    }
    const reactor = reacting({ store, log: quiet, signal: stop.signal }, checkpoint, engine, () => false)
    await until(() => refused > 0 && reactor.health().state === 'standby')
    expect([started, saved]).to.deep.equal([[], []])
    held = true
    await until(() => saved.length === 1)
    expect(started).to.deep.equal([executionStream(executionId)])
    stop.abort()
    await reactor.done
  })
})
