import { expect } from 'chai'
import fc from 'fast-check'
import * as E from 'fp-ts/Either'
import { readerWith } from '../../../src/domain/visibility'
import {
  advance,
  formatLiveId,
  isAfter,
  type LiveFrame,
  messagesOf,
  nothingYet,
  shownMessage,
} from '../../../src/projections/live/message'
import { decodeMessage, liveEventTypes } from '../../../src/projections/live/schema'
import {
  correlationId,
  created,
  documentId,
  executionId,
  organizationId,
  outcomeLost,
  sendIntended,
  started,
  steps,
  stepStarted,
  workflowId,
} from '../../support/runs'
import { anyHistory, deliveredRun, failedRun, recordedAll } from './histories'

const admin = readerWith(['admin'], 'en')
const viewer = readerWith(['viewer'], 'pt-BR')

const listed = (frames: ReadonlyArray<LiveFrame>) =>
  frames.map(({ id, message }) => `${formatLiveId(id)} ${message.event_type}`)

const typed = (events: Parameters<typeof recordedAll>[0], type: string) =>
  messagesOf(recordedAll(events)).find(({ message }) => message.event_type === type)!.message

describe('the messages of a run', () => {
  it('tell a delivered run in order, the end last', () => {
    expect(listed(messagesOf(recordedAll(deliveredRun)))).to.deep.equal([
      '1-0 execution.created',
      '2-0 execution.status_changed',
      '3-0 step.started',
      '4-0 step.completed',
      '4-1 execution.progress',
      '5-0 step.started',
      '8-0 step.completed',
      '8-1 execution.status_changed',
      '8-2 execution.progress',
      '9-0 step.started',
      '10-0 execution.status_changed',
      '12-0 step.completed',
      '12-1 execution.status_changed',
      '12-2 execution.progress',
      '13-0 step.started',
      '13-1 execution.status_changed',
      '14-0 step.completed',
      '14-1 execution.progress',
      '15-0 execution.status_changed',
      '15-1 execution.progress',
      '15-2 execution.completed',
    ])
  })

  it('tell a failed run: the step, the status, the end', () => {
    expect(listed(messagesOf(recordedAll(failedRun))).slice(-3)).to.deep.equal([
      '6-0 step.failed',
      '7-0 execution.status_changed',
      '7-1 execution.failed',
    ])
  })

  it('have the shape of schema v1', () => {
    const message = shownMessage(typed(deliveredRun.slice(0, 8), 'step.completed'), admin)
    expect(message).to.deep.equal({
      schema_version: 1,
      event_id: (message as { readonly event_id: string }).event_id,
      event_type: 'step.completed',
      timestamp: '2025-12-23T10:30:03.000Z',
      execution_id: executionId,
      workflow_id: workflowId,
      organization_id: organizationId,
      correlation_id: correlationId,
      status: 'running',
      progress: 25,
      current_step: { index: 1, label: 'Start', node_id: steps.trigger.node_id, node_type: 'manual' },
      data: {
        step_id: steps.trigger.step_id,
        node_id: steps.trigger.node_id,
        node_type: 'manual',
        position: 1,
        duration_ms: 1000,
        document_id: null,
        output_preview: { ok: true },
      },
    })
  })

  it('name the document of a step that made one, and how long the step took', () => {
    const [, made] = messagesOf(recordedAll(deliveredRun)).filter(
      ({ message }) => message.event_type === 'step.completed',
    )
    expect(made?.message.data).to.include({ document_id: documentId, duration_ms: 3000 })
  })

  it('say why a run waits for a person', () => {
    const waits = typed(
      [created, started, stepStarted(steps.email), sendIntended, outcomeLost].slice(0, 5),
      'execution.status_changed',
    )
    expect(waits.data).to.include({ from: 'queued', to: 'running' })
    const all = messagesOf(recordedAll([created, started, stepStarted(steps.email), sendIntended, outcomeLost]))
    expect((shownMessage(all.at(-1)!.message, admin) as { readonly data: object }).data).to.deep.equal({
      from: 'sending',
      to: 'needs_review',
      reason: 'It is not known whether step "Send" was sent: check, then choose to resend or to assume it was sent',
      code: 'delivery.outcome_unknown',
      error_tech: 'no receipt',
      recommended_actions: [
        {
          action: 'retry',
          label: 'Try again',
          description: 'Repeat later',
          target_node_id: steps.email.node_id,
          params: { issue_code: 'delivery.outcome_unknown', issue_codes: ['delivery.outcome_unknown'] },
        },
      ],
    })
  })

  it('give technical texts to auditors and administrators only, human texts in the reader’s language', () => {
    const message = typed(failedRun, 'execution.failed')
    const dataFor = (roles: ReadonlyArray<string>, locale: 'en' | 'pt-BR') =>
      (shownMessage(message, readerWith(roles, locale)) as { readonly data: object }).data
    expect(dataFor(['auditor'], 'en')).to.include({
      error_human: 'The mail server refused the recipient a@example.com; check the address',
      error_tech: '550',
    })
    expect(dataFor(['operator', 'viewer'], 'pt-BR')).to.include({
      error_human: 'O servidor de e-mail recusou o destinatário a@example.com; confira o endereço',
      error_tech: null,
    })
    expect(dataFor(['viewer'], 'pt-BR')).to.include({
      error_human: 'O servidor de e-mail recusou o destinatário a…@example.com; confira o endereço',
      error_tech: null,
    })
  })

  it('keep trigger data from viewers', () => {
    const message = typed([created], 'execution.created')
    expect(shownMessage(message, viewer)).to.have.deep.property('data', { trigger_type: 'manual', trigger_data: null })
    expect(shownMessage(message, readerWith(['operator'], 'en'))).to.have.nested.property(
      'data.trigger_data.deal_id',
      '123',
    )
  })

  it('keep the text of the fact where this version does not know the code', () => {
    const message = typed(failedRun, 'execution.failed')
    if (message.event_type !== 'execution.failed') throw new Error('other type')
    const unknown = { ...message, data: { ...message.data, code: 'of.tomorrow', error_human: 'Algo novo' } }
    expect(shownMessage(unknown, admin)).to.have.nested.property('data.error_human', 'Algo novo')
  })

  it('are skipped for an event that this version cannot decode', () => {
    const [first, second, third] = recordedAll([created, started, stepStarted(steps.trigger)])
    const strange = { ...second!, type: 'OfTomorrow' }
    expect(listed(messagesOf([first!, strange, third!]))).to.deep.equal(['1-0 execution.created', '3-0 step.started'])
  })

  it('are the same event by event as in one replay, in rising order, each naming the one before', () => {
    fc.assert(
      fc.property(anyHistory(), (history) => {
        let state = nothingYet
        const live = history.flatMap((recorded) => {
          const advanced = advance(state, recorded)
          state = advanced.state
          return advanced.frames
        })
        const replayed = messagesOf(history)
        expect(live).to.deep.equal(replayed)
        replayed.forEach(({ id, prev }, i) => {
          expect(isAfter(id, prev)).to.equal(true)
          expect(formatLiveId(prev)).to.equal(i === 0 ? '0-0' : formatLiveId(replayed[i - 1]!.id))
        })
        expect(new Set(replayed.map(({ message }) => message.event_id)).size).to.equal(replayed.length)
      }),
    )
  })

  it('survive being stored, and no viewer sees what is not his', () => {
    fc.assert(
      fc.property(anyHistory(), (history) => {
        for (const { message } of messagesOf(history)) {
          expect(decodeMessage(JSON.parse(JSON.stringify(message)))).to.deep.equal(E.right(message))
          const seen = JSON.stringify(shownMessage(message, viewer))
          expect(seen).to.not.match(/deal_id|"550"|ECONNREFUSED|no receipt|[a-z]@example/)
        }
      }),
    )
  })

  it('know the twelve types of the contract, skipped steps and reviews', () => {
    expect([...liveEventTypes].sort()).to.deep.equal([
      'execution.canceled',
      'execution.completed',
      'execution.created',
      'execution.failed',
      'execution.progress',
      'execution.status_changed',
      'preflight.completed',
      'review.decided',
      'review.requested',
      'signature.completed',
      'signature.requested',
      'step.completed',
      'step.failed',
      'step.skipped',
      'step.started',
    ])
  })
})
