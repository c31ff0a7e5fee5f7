import { expect } from 'chai'
import { execution, type ExecutionEvent } from '../../../src/domain/execution'
import type { RecordedFinding } from '../../../src/domain/execution/state'
import { stepIdOf } from '../../../src/domain/ids'
import type { JsonObject } from '../../../src/domain/json'
import { nodesToCheck } from '../../../src/nodes/preflight'
import * as controls from '../../support/controls'
import { connectionId, templateId } from '../../support/node-run'
import * as run from '../../support/runs'

const [trigger, render, email, archive] = run
  .planOf()
  .map(({ node_id, node_type, label }) => ({ node_id, node_type, label }))
const nodesWith = (texts: JsonObject) => [
  { ...trigger!, config: {} },
  { ...render!, config: { template_id: templateId } },
  {
    ...email!,
    config: { connection_id: connectionId, to: ['{{trigger.client.email}}'], subject_template: 'x', ...texts },
  },
  { ...archive!, config: { connection_id: connectionId } },
]
const labels = (ids: ReadonlyArray<string>) =>
  run
    .planOf()
    .filter(({ node_id }) => ids.includes(node_id))
    .map(({ label }) => label)

const atOnce = run.now
const afterAMinute = '2026-11-22T10:31:00.001Z'

const given = (...events: ReadonlyArray<ExecutionEvent>) => {
  const state = [run.created, run.started, ...events].reduce(execution.evolve, execution.initialState)
  if (state.status === 'unborn') throw new Error('no run')
  return {
    when: (changes: JsonObject, now = atOnce, texts: JsonObject = {}) => ({
      then: (...expected: ReadonlyArray<string>) =>
        expect(labels(nodesToCheck(nodesWith(texts), state, changes, now))).to.deep.equal(expected),
    }),
  }
}

const checked = controls.checked()
const blockedAt = (node_id: RecordedFinding['node_id']) =>
  controls.checked(controls.blocking.map((finding) => ({ ...finding, node_id })))

describe('what a resume checks again', () => {
  it('is nothing when nothing changes and all was checked just now', () => {
    given(checked).when({}).then()
  })

  it('is what refers to a field that changes, and every document', () => {
    given(checked)
      .when({ client: { email: 'b@example.com' } })
      .then('Generate Document', 'Send')
    given(checked).when({ deal_id: '124' }).then('Generate Document')
    given(checked)
      .when({ deal_id: '124' }, atOnce, { subject_template: 'Deal {{trigger.deal_id}}' })
      .then('Generate Document', 'Send')
    given(checked)
      .when({ other: 1 }, atOnce, { body_template: '{{ trigger[step.1.name] }}' })
      .then('Generate Document', 'Send')
  })

  it('is whatever has more tags than are worth being read', () => {
    const body_template = '{{trigger.other}}'.repeat(401)
    given(checked).when({ deal_id: '124' }, atOnce, { body_template }).then('Generate Document', 'Send')
    given(checked)
      .when({ deal_id: '124' }, atOnce, { body_template: '{{trigger.other}}'.repeat(200) })
      .then('Generate Document')
  })

  it('is nothing for a change that changes nothing', () => {
    given(checked).when({ deal_id: '123', absent: null }).then()
  })

  it('is only what is still to run', () => {
    given(checked, ...run.done(run.steps.trigger, run.steps.render))
      .when({ client: {} })
      .then('Send')
    given(checked, ...run.done(...run.planOf()))
      .when({ client: {} }, afterAMinute)
      .then()
  })

  it('is not the review that the resume itself decides', () => {
    const node = { ...controls.review, config: { message: '{{trigger.client}}' } }
    const state = [...controls.inReview()].reduce(execution.evolve, execution.initialState)
    if (state.status === 'unborn') throw new Error('no run')
    expect(state.steps.map(({ step_id }) => step_id)).to.include(stepIdOf(run.executionId, node.node_id))
    expect(nodesToCheck([...nodesWith({}), node], state, { client: {} }, atOnce)).to.deep.equal([email!.node_id])
  })

  it('is what something was in the way of', () => {
    given(blockedAt(email!.node_id)).when({}).then('Send')
    given(controls.checked([controls.unusual]))
      .when({})
      .then()
  })

  it('is what needs a template or a connection, when that was checked more than a minute ago', () => {
    given(checked).when({}, '2026-11-22T10:31:00.000Z').then()
    given(checked).when({}, afterAMinute).then('Generate Document', 'Send', 'Archive')
    given().when({}).then('Generate Document', 'Send', 'Archive')
  })
})
