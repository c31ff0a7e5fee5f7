import { expect } from 'chai'
import * as TE from 'fp-ts/TaskEither'
import { checkpointRefused } from '../../src/consumers/checkpoint'
import type { Position } from '../../src/domain/event-store'
import type { OpenRuns } from '../../src/workflow/open-runs'
import { reacting } from '../../src/workflow/reacting'
import type { Engine } from '../../src/workflow/reactor'
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
    const open: OpenRuns = {
      lease: freeLease(),
      ensureHeld: () => {
        if (held) return
        refused += 1
        throw checkpointRefused('reactor', { _tag: 'LeaseOver' })
      },
      note: (position) => void saved.push(position),
      flush: () => Promise.resolve(),
      quiet: () => Promise.resolve([]),
      forget: () => Promise.resolve(),
    }
    const engine: Engine = {
      start: ({ execution }) => Promise.resolve(void started.push(execution)),
      wake: () => Promise.resolve(),
    }
    const log = {
      ...store,
      append: () => TE.left({ _tag: 'StoreUnavailable' as const, reason: 'nothing is written here' }),
      readStream: () => TE.left({ _tag: 'StoreUnavailable' as const, reason: 'nothing is read here' }),
    }
    const reactor = reacting({
      store: log,
      log: quiet,
      signal: stop.signal,
      open,
      engine,
      isAway: () => false,
      reconcile: () => Promise.resolve(),
    })
    await until(() => refused > 0 && reactor.health().state === 'standby')
    expect([started, saved]).to.deep.equal([[], []])
    held = true
    await until(() => saved.length === 1)
    expect(started).to.deep.equal([executionId])
    stop.abort()
    await reactor.done
  })
})
