import { expect } from 'chai'
import { execution } from '../../../src/domain/execution'
import { next } from '../../../src/domain/execution/next'
import {
  blocking,
  canceled,
  checked,
  nodesOf,
  paused,
  record,
  resumed,
  runAfter,
  startStep,
  templateId,
  unusual,
} from '../../support/controls'
import * as run from '../../support/runs'
import { specificationOf } from '../../support/specification'

const given = specificationOf(execution)
const { created, started, steps } = run
const begun = [created, started]

describe('the checks of a run', () => {
  it('are due for every node once it has begun, and come before any step', () => {
    const state = runAfter(...begun)
    expect(state.preflight).to.deep.include({ due: nodesOf(run.planOf()), at: undefined, findings: [] })
    expect(next(state, run.now)).to.deep.equal({ _tag: 'Check', nodes: nodesOf(run.planOf()) })
  })

  it('are not due before it has begun', () => {
    given(created).when(record(0)).thenRejected({ _tag: 'PreflightNotDue' })
  })

  it('are due in a run that goes on for another for the steps that it does itself', () => {
    const { step_id, node_id, position } = steps.trigger
    const data = { step_id, node_id, position, from: run.executionId, output: {}, personal: { output: {} } }
    const [, ...others] = nodesOf(run.planOf())
    expect(runAfter(created, { type: 'StepReused', data }, started).preflight.due).to.deep.equal(others)
  })

  it('are told once', () => {
    given(...begun)
      .when(record(0))
      .then(checked())
    given(...begun, checked())
      .when(record(0))
      .thenRejected({ _tag: 'PreflightNotDue' })
    given(...begun, canceled())
      .when(record(0))
      .thenRejected({ _tag: 'PreflightNotDue' })
  })

  it('that find nothing, or what may pass, let the run go on', () => {
    const state = runAfter(...begun, checked([unusual]))
    expect(state).to.deep.include({ status: 'running', holds: [], lastFault: undefined })
    expect(state.preflight).to.deep.include({ due: [], at: run.now, findings: [unusual] })
    expect(next(state, run.now)).to.have.property('_tag', 'Run')
  })

  it('that find what must not be hold it for a person, who sees the first of it', () => {
    const state = runAfter(...begun, checked(blocking))
    expect(state).to.deep.include({
      status: 'needs_review',
      holds: [{ kind: 'preflight_blocked', since: run.now }],
    })
    expect(state.lastFault).to.deep.include({ code: 'data.unresolved_variable' })
    given(...begun, checked(blocking))
      .when(startStep(steps.trigger))
      .thenRejected({ _tag: 'StepOutOfTurn' })
  })

  it('may end under a pause: their verdict stands', () => {
    given(...begun, paused)
      .when(record(0))
      .then(checked())
    expect(runAfter(...begun, paused, checked(blocking)).status).to.equal('needs_review')
  })

  it('pin the versions that the run keeps to; later ones add to them', () => {
    const state = runAfter(...begun, checked([], nodesOf(run.planOf()), 3))
    expect(state.preflight.templates).to.deep.equal({ [templateId]: 3 })
    const none = { ...checked(), data: { ...(checked() as { data: object }).data, templates: [] } } as never
    expect(runAfter(...begun, checked(), none).preflight.templates).to.deep.equal({ [templateId]: 1 })
  })
})

describe('a resume of a blocked run', () => {
  const blocked = [...begun, checked(blocking)]
  const recheck = [steps.render.node_id]

  it('lets it go on, and takes the fault away', () => {
    expect(runAfter(...blocked, resumed())).to.deep.include({ status: 'running', holds: [], lastFault: undefined })
  })

  it('has checks made again before anything else, and may be blocked again', () => {
    const state = runAfter(...blocked, resumed({ changes: { client: { name: 'Ana' } }, recheck }))
    expect(next(state, run.now)).to.deep.equal({ _tag: 'Check', nodes: recheck })
    expect(runAfter(...blocked, resumed({ recheck }), checked(blocking)).status).to.equal('needs_review')
  })

  it('lets no step begin with the data from before, though it was about to', () => {
    const asked = [...begun, checked(), paused, resumed({ changes: { a: 1 }, recheck })]
    given(...asked)
      .when(startStep(steps.trigger))
      .thenRejected({ _tag: 'StepOutOfTurn' })
    given(...asked, checked())
      .when(startStep(steps.trigger))
      .then(run.stepStarted(steps.trigger))
  })

  it('makes a verdict about the data from before none', () => {
    const asked = [...begun, paused, resumed({ changes: { a: 1 } })]
    given(...asked)
      .when(record(0))
      .thenRejected({ _tag: 'PreflightNotDue' })
    given(...asked)
      .when(record(1))
      .then(checked())
    given(...begun, paused, resumed())
      .when(record(0))
      .then(checked())
  })

  it('adds to the checks that are due already', () => {
    expect(runAfter(...begun, paused, resumed({ recheck })).preflight.due).to.deep.equal(nodesOf(run.planOf()))
    expect(runAfter(...blocked, resumed({ recheck })).preflight.due).to.deep.equal(recheck)
  })
})
