import { connectionMissing } from '../connections/findings'
import { smtp } from '../connections/smtp'
import type { NodeType } from '../contract'
import { check, recipientMissing } from './check'
import { EmailConfig } from './config'
import { execute } from './execute'
import { input } from './input'
import { type Message, messageOf } from './message'

/** An e-mail by SMTP, with the documents of the steps before. */
export const email: NodeType<EmailConfig, Message> = {
  node_type: 'email',
  aliases: ['gmail'],
  kind: 'delivery',
  phase: 'delivery',
  attempts: 3,
  timeoutMs: 60_000,
  config: EmailConfig,
  missing: {
    connection_id: () => connectionMissing(smtp.provider, 'connection_id is missing'),
    to: () => recipientMissing('to'),
    subject_template: null,
  },
  incomplete: ({ to }) => (to?.length === 0 ? [recipientMissing('to')] : []),
  needs: ({ connection_id }) => ({ templates: [], connections: connection_id === undefined ? [] : [connection_id] }),
  check,
  fill: messageOf,
  input,
  execute,
}
