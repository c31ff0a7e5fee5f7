import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import type * as t from 'io-ts'
import { parseArgs } from 'node:util'
import { type Locale, locales } from '../../domain/messages/entry'
import { OrganizationId } from '../../domain/ids'
import { type Role, roles } from '../../domain/visibility'
import { Uuid } from '../uuid'

export type AdminCommand =
  | { readonly _tag: 'Help' }
  | { readonly _tag: 'CreateOrganization'; readonly name: string; readonly locale: Locale }
  | { readonly _tag: 'ListOrganizations'; readonly after: OrganizationId | undefined }
  | { readonly _tag: 'CreateKey'; readonly organization: OrganizationId; readonly role: Role; readonly name: string }
  | { readonly _tag: 'ListKeys'; readonly organization: OrganizationId; readonly after: string | undefined }
  | { readonly _tag: 'RevokeKey'; readonly id: string }
  | { readonly _tag: 'Reconcile'; readonly dryRun: boolean }
  | { readonly _tag: 'Reseal'; readonly dryRun: boolean }
  | { readonly _tag: 'RenewDerivingKey' }

const option = { type: 'string' } as const
const options = {
  name: option,
  organization: option,
  role: option,
  locale: option,
  after: option,
  'dry-run': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

type Values = { readonly [Name in 'name' | 'organization' | 'role' | 'locale' | 'after']?: string | undefined } & {
  readonly 'dry-run'?: boolean | undefined
}
type Parsed<A> = E.Either<string, A>

const nameIn = ({ name }: Values): Parsed<string> =>
  name !== undefined && /^[^\p{Cc}]{1,200}$/u.test(name.trim())
    ? E.right(name.trim())
    : E.left('--name must be text of 1 to 200 characters')

const organizationIn = ({ organization }: Values): Parsed<OrganizationId> =>
  pipe(
    OrganizationId.decode(organization),
    E.mapLeft(() => '--organization must be the id of an organization (a UUID)'),
  )

const wordIn = <W extends string>(option: string, words: ReadonlyArray<W>, given: string | undefined): Parsed<W> =>
  pipe(E.fromNullable(`--${option} must be one of ${words.join(', ')}`)(words.find((word) => word === given)))

const allowed = (values: Values, names: ReadonlyArray<keyof Values>): Parsed<void> => {
  const other = Object.keys(values).find((name) => !(names as ReadonlyArray<string>).includes(name))
  return other === undefined ? E.right(undefined) : E.left(`--${other} does not belong to this command`)
}

const createOrganization = (values: Values): Parsed<AdminCommand> =>
  pipe(
    allowed(values, ['name', 'locale']),
    E.chain(() => nameIn(values)),
    E.bindTo('name'),
    E.bind('locale', () => wordIn('locale', locales, values.locale ?? locales[0])),
    E.map((fields) => ({ _tag: 'CreateOrganization', ...fields })),
  )

const createKey = (values: Values): Parsed<AdminCommand> =>
  pipe(
    allowed(values, ['organization', 'role', 'name']),
    E.chain(() => organizationIn(values)),
    E.bindTo('organization'),
    E.bind('role', () => wordIn('role', roles, values.role)),
    E.bind('name', () => nameIn(values)),
    E.map((fields) => ({ _tag: 'CreateKey', ...fields })),
  )

/** A page of a list begins after what was last on the one before. */
const afterIn = <A>({ after }: Values, codec: t.Type<A, string>): Parsed<A | undefined> =>
  after === undefined
    ? E.right(undefined)
    : pipe(
        codec.decode(after),
        E.mapLeft(() => '--after must be the id that the page before ended with (a UUID)'),
      )

const listOrganizations = (values: Values): Parsed<AdminCommand> =>
  pipe(
    allowed(values, ['after']),
    E.chain(() => afterIn(values, OrganizationId)),
    E.map((after) => ({ _tag: 'ListOrganizations', after })),
  )

const listKeys = (values: Values): Parsed<AdminCommand> =>
  pipe(
    allowed(values, ['organization', 'after']),
    E.chain(() => organizationIn(values)),
    E.bindTo('organization'),
    E.bind('after', () => afterIn(values, Uuid)),
    E.map((fields) => ({ _tag: 'ListKeys', ...fields })),
  )

const revokeKey = (values: Values, given: string | undefined): Parsed<AdminCommand> =>
  pipe(
    allowed(values, []),
    E.chain(() =>
      pipe(
        Uuid.decode(given),
        E.mapLeft(() => 'key revoke needs the id of a key (a UUID)'),
      ),
    ),
    E.map((id) => ({ _tag: 'RevokeKey', id })),
  )

const perhapsDry = (_tag: 'Reconcile' | 'Reseal', values: Values): Parsed<AdminCommand> =>
  pipe(
    allowed(values, ['dry-run']),
    E.map(() => ({ _tag, dryRun: values['dry-run'] === true })),
  )

const commandOf = (words: ReadonlyArray<string>, values: Values): Parsed<AdminCommand> => {
  const [noun = '', verb = '', subject, ...more] = words
  const command = `${noun} ${verb}`
  if (more.length > 0 || (subject !== undefined && command !== 'key revoke'))
    return E.left(`${subject ?? ''} is one word too many; quote a name with spaces`)
  if (command === 'organization create') return createOrganization(values)
  if (command === 'organization list') return listOrganizations(values)
  if (command === 'key create') return createKey(values)
  if (command === 'key list') return listKeys(values)
  if (command === 'key revoke') return revokeKey(values, subject)
  if (command === 'executions reconcile') return perhapsDry('Reconcile', values)
  if (command === 'secrets reseal') return perhapsDry('Reseal', values)
  if (command === 'secrets renew')
    return pipe(
      allowed(values, []),
      E.map(() => ({ _tag: 'RenewDerivingKey' })),
    )
  return E.left(words.length === 0 ? 'a command is missing' : `there is no command ${words.join(' ')}`)
}

const helpAsked: AdminCommand = { _tag: 'Help' }

/** What is asked for, or what is wrong with how it is asked. */
export const parseArguments = (args: ReadonlyArray<string>): Parsed<AdminCommand> =>
  pipe(
    E.tryCatch(
      () => parseArgs({ args: [...args], options, allowPositionals: true }),
      (error) => (error instanceof Error ? error.message : String(error)),
    ),
    E.chain(({ positionals, values: { help, ...values } }) =>
      help === true || positionals[0] === 'help' ? E.right(helpAsked) : commandOf(positionals, values),
    ),
  )
