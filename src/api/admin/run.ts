import { randomUUID } from 'node:crypto'
import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import { OrganizationId } from '../../domain/ids'
import {
  type ApiKey,
  identityPage,
  type IdentityStore,
  type IdentityUnavailable,
  type Organization,
} from '../../stores/identity/identity-store'
import { newApiKey, sha256Of } from '../auth/api-key'
import type { AdminCommand } from './arguments'
import { usage } from './usage'

/** What needs nothing but the store of identities. */
export type IdentityCommand = Exclude<AdminCommand, { readonly _tag: 'Reconcile' | 'Reseal' | 'RenewDerivingKey' }>

type NotThere = { readonly _tag: 'NotThere'; readonly what: string }
type Done = TE.TaskEither<IdentityUnavailable | NotThere, string>

const organizationLine = ({ id, name, locale, createdAt }: Organization): string =>
  `${id}  ${createdAt.toISOString()}  ${locale.padEnd(5)}  ${name}\n`

const keyLine = ({ id, role, name, createdAt, revokedAt }: ApiKey): string =>
  `${id}  ${createdAt.toISOString()}  ${role.padEnd(8)}  ${revokedAt === undefined ? 'valid' : `revoked ${revokedAt.toISOString()}`}  ${name}\n`

const listOf = <A extends { readonly id: string }>(
  items: ReadonlyArray<A>,
  line: (item: A) => string,
  none: string,
): string => {
  const last = items.at(-1)
  if (last === undefined) return `${none}\n`
  const more = items.length < identityPage ? '' : `\nMore: --after ${last.id}\n`
  return `${items.map(line).join('')}${more}`
}

const newOrganizationId = (): OrganizationId =>
  pipe(
    OrganizationId.decode(randomUUID()),
    E.getOrElse<unknown, OrganizationId>(() => {
      throw new Error('not a UUID')
    }),
  )

const known = (identity: IdentityStore, id: OrganizationId) =>
  pipe(
    identity.organization(id),
    TE.chainW(TE.fromNullable<NotThere>({ _tag: 'NotThere', what: `There is no organization ${id}.` })),
  )

/** Does it, and says what was done. */
export const runAdmin =
  (identity: IdentityStore) =>
  (command: IdentityCommand): Done => {
    switch (command._tag) {
      case 'Help':
        return TE.right(usage)
      case 'CreateOrganization':
        return pipe(
          identity.addOrganization({ id: newOrganizationId(), name: command.name, locale: command.locale }),
          TE.map(({ id, name }) => `Organization ${name} created.\n\n  id  ${id}\n`),
        )
      case 'ListOrganizations':
        return pipe(
          identity.organizations(command.after),
          TE.map((page) => listOf(page, organizationLine, 'There are no more organizations.')),
        )
      case 'CreateKey': {
        const text = newApiKey()
        return pipe(
          known(identity, command.organization),
          TE.chainW(({ id: organizationId }) =>
            identity.addKey(
              { id: randomUUID(), organizationId, name: command.name, role: command.role },
              sha256Of(text),
            ),
          ),
          TE.map(
            ({ id, role }) => `Key created; it is shown only now.\n\n  id    ${id}\n  role  ${role}\n  key   ${text}\n`,
          ),
        )
      }
      case 'ListKeys':
        return pipe(
          known(identity, command.organization),
          TE.chainW(({ id }) => identity.keys(id, command.after)),
          TE.map((page) => listOf(page, keyLine, 'The organization has no more keys.')),
        )
      case 'RevokeKey':
        return pipe(
          identity.revokeKey(command.id),
          TE.chainW(TE.fromNullable<NotThere>({ _tag: 'NotThere', what: `There is no key ${command.id}.` })),
          TE.map(({ id, name }) => `Key ${id} (${name}) is revoked.\n`),
        )
    }
  }
