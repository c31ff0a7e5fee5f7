import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import { derivedId, NodeId } from '../../../src/domain/ids'
import type { JsonObject } from '../../../src/domain/json'
import { isBlocking, preflight } from '../../../src/nodes/preflight'
import { nodeTypeOf } from '../../../src/nodes/registry'

const type = nodeTypeOf('review-documents')!
const problemsOf = (config: JsonObject) => {
  const decoded = type.decode(config)
  return E.isLeft(decoded) ? decoded.left.map(({ pointer }) => pointer) : []
}

describe('the configuration of a review', () => {
  const approver_emails = ['ana@example.com']

  it('needs approvers and may say more', () => {
    const full = { approver_emails, message_template: 'a\nb', timeout_hours: 0.5, auto_approve_on_timeout: true }
    expect(type.decode(full)).to.deep.equal(E.right(full))
    expect(problemsOf({ approver_emails: [] })).to.deep.equal([])
    expect(problemsOf({})).to.deep.equal([])
    expect(type.incomplete({}, 'Review').map(({ code, pointers }) => [code, pointers])).to.deep.equal([
      ['delivery.recipient_missing', ['/approver_emails']],
    ])
    expect(nodeTypeOf('human-in-loop')).to.equal(type)
  })

  it('is refused field by field', () => {
    const many = Array.from({ length: 21 }, (_, i) => `a${i}@example.com`)
    expect(problemsOf({ approver_emails: many })).to.deep.equal(['/approver_emails'])
    expect(problemsOf({ approver_emails: ['{{nothing.known}}'] })).to.deep.equal(['/approver_emails/0'])
    expect(problemsOf({ approver_emails, message_template: '{{' })).to.deep.equal(['/message_template'])
    for (const timeout_hours of [0, -1, 8_761, '48', NaN])
      expect(problemsOf({ approver_emails, timeout_hours })).to.deep.equal(['/timeout_hours'])
    expect(problemsOf({ approver_emails, auto_approve_on_timeout: 'yes' })).to.deep.equal(['/auto_approve_on_timeout'])
    expect(problemsOf({ approver_emails, approvers: [] })).to.deep.equal(['/approvers'])
  })
})

describe('the checks of a review', () => {
  const found = (config: JsonObject, { canMail = true, dryRun = false, trigger = { email: 'ana@example.com' } } = {}) =>
    preflight(
      [
        { node_type: 'manual', label: 'Start', config: {} },
        { node_type: 'review-documents', label: 'Review', config },
      ].map((node, i) => ({ ...node, node_id: derivedId(NodeId, '6ba7b811-9dad-11d1-80b4-00c04fd430c8', String(i)) })),
      { trigger, templates: {}, connections: {}, canMail },
      { dryRun, untilPhase: undefined },
    )
  const codes = (...given: Parameters<typeof found>) => found(...given).map(({ code }) => code)
  const good = { approver_emails: ['{{trigger.email}}'], message_template: 'Hello {{trigger.email}}' }

  it('find nothing wrong with a review without documents', () => {
    expect(found(good)).to.deep.equal([])
  })

  it('find that nobody would be asked', () => {
    expect(codes({ approver_emails: [] })).to.deep.equal(['delivery.recipient_missing'])
    expect(codes(good, { trigger: { email: ' ' } })).to.deep.equal(['delivery.recipient_missing'])
  })

  it('find addresses and texts that cannot be used', () => {
    expect(codes({ approver_emails: ['ana@example.com', 'not one'] })).to.deep.equal(['delivery.recipient_invalid'])
    expect(codes({ ...good, message_template: '{{trigger.name}}' })).to.deep.equal(['data.unresolved_variable'])
    expect(codes({ ...good, message_template: '{{step.2.approved}}' })).to.deep.equal(['data.unresolved_variable'])
  })

  it('find that docg cannot send mail, which a dry run does not need', () => {
    expect(codes(good, { canMail: false })).to.deep.equal(['delivery.mailer_missing'])
    expect(found(good, { canMail: false }).every(isBlocking)).to.equal(true)
    expect(found(good, { canMail: false, dryRun: true }).some(isBlocking)).to.equal(false)
  })
})
