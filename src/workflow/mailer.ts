import { createHash, createHmac } from 'node:crypto'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import { defaultLocale } from '../domain/messages/entry'
import { smtpTimes } from '../nodes/email/smtp-session'
import type { SmtpServer } from '../nodes/email/smtp-server-url'
import type { OutgoingPolicy } from '../nodes/outgoing/policy'
import { unavailable } from '../nodes/steps/faults'
import type { Mailer } from '../nodes/steps/step-run'
import type { IdentityStore } from '../stores/identity/identity-store'

type Mailing = {
  readonly server: SmtpServer | undefined
  readonly from: string
  readonly publicUrl: string
  /** What links are derived from: a repeat after a crash gives the same link, and nobody can guess it. */
  readonly derivingKey: Uint8Array
  readonly policy: OutgoingPolicy
  readonly identity: Pick<IdentityStore, 'organization'>
}

/** The product's own mail; its server is the operator's choice, wherever it stands. */
export const mailerOf = ({ server, from, publicUrl, derivingKey, policy, identity }: Mailing): Mailer | undefined =>
  server === undefined
    ? undefined
    : {
        target: {
          config: { ...server.config, from },
          secret: server.secret,
          policy: { ...policy, allowPrivateAddresses: true },
          times: smtpTimes,
        },
        reviewLink: (execution, review, approver) => {
          const token = createHmac('sha256', derivingKey)
            .update(`review\0${execution}\0${review}\0${approver}`)
            .digest('base64url')
          return {
            url: `${publicUrl.replace(/\/$/, '')}/review/${execution}/${token}`,
            token_sha256: createHash('sha256').update(token).digest('hex'),
          }
        },
        localeOf: (organization) =>
          pipe(
            identity.organization(organization),
            TE.bimap(unavailable, (known) => known?.locale ?? defaultLocale),
          ),
      }
