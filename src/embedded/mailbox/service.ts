import { nodeService } from '../node-program'
import { accepts, loopback } from '../ports'
import { type Service } from '../process/service'

export const mailboxService = (folder: string, smtpPort: number, pagePort: number, env: NodeJS.ProcessEnv): Service =>
  nodeService({
    name: 'mailbox',
    script: 'embedded/mailbox/main',
    env: {
      ...env,
      MAILBOX_DIR: folder,
      MAILBOX_HOST: loopback,
      SMTP_PORT: String(smtpPort),
      MAIL_PORT: String(pagePort),
    },
    isReady: async () => (await accepts(smtpPort)) && (await accepts(pagePort)),
    readyWithin: 30_000,
    stopSignal: 'SIGTERM',
    stopWithin: 10_000,
  })
