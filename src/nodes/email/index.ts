import type { NodeType } from '../node-type'
import { check } from './check'
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
  needs: ({ connection_id }) => ({ templates: [], connections: [connection_id] }),
  check,
  fill: messageOf,
  input,
  execute,
}
