import { recipientMissing } from '../email/check'
import type { NodeType } from '../contract'
import { check } from './check'
import { ReviewConfig } from './config'
import { execute } from './execute'
import { input } from './input'
import { type Question, questionOf } from './question'

/** The run waits until a person approves or rejects what it made. */
export const reviewDocuments: NodeType<ReviewConfig, Question> = {
  node_type: 'review-documents',
  aliases: ['human-in-loop'],
  kind: 'human',
  phase: 'delivery',
  attempts: 3,
  timeoutMs: 180_000,
  config: ReviewConfig,
  missing: { approver_emails: () => recipientMissing('approver_emails') },
  incomplete: ({ approver_emails }) => (approver_emails?.length === 0 ? [recipientMissing('approver_emails')] : []),
  needs: () => ({ templates: [], connections: [] }),
  check,
  fill: questionOf,
  input,
  execute,
}
