import type { ConnectionType, Finding, Probed, ProbeDeps } from '../../contract'
import { faultOfSmtp } from '../../email/smtp-fault'
import { oneEach } from '../../email/smtp-sessions'
import { findingOfFault } from '../findings'
import { SmtpConfig, SmtpSecret } from './config'

/** Shorter than the probe as a whole: what the server did not do is then told. */
const times = { connection: 2_500, greeting: 2_500, socket: 2_500, whole: 2_800 }

const probe =
  ({ config, secret }: Probed<SmtpConfig, SmtpSecret>, { outgoing }: ProbeDeps) =>
  async (): Promise<ReadonlyArray<Finding>> => {
    const target = { config, secret, policy: outgoing, times }
    try {
      await oneEach.use(
        target,
        () => Promise.resolve(),
        () => true,
      )
      return []
    } catch (error) {
      return [findingOfFault(faultOfSmtp(target, { error, limit: undefined }))]
    }
  }

/** A mail server, with the login that it wants. */
export const smtp: ConnectionType<SmtpConfig, SmtpSecret> = {
  type: 'smtp',
  provider: 'SMTP',
  config: SmtpConfig,
  secret: SmtpSecret,
  recipient: ({ host, port, secure }) => [host, port, secure],
  unreachable: (tech) => ({ code: 'delivery.smtp_unreachable', params: {}, tech }),
  probe,
}
