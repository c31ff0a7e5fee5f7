import type { Locale } from './messages/entry'
import type { Params } from './messages/text'

export const roles = ['viewer', 'operator', 'auditor', 'admin'] as const
export type Role = (typeof roles)[number]

/** Who may see what of a run, over HTTP and on the live stream alike. Whoever may read the run sees the rest of it. */
const seenBy = {
  /** Technical texts of faults, findings and problems: they name servers and files. */
  tech: ['auditor', 'admin'],
  /** What a run was begun with, and what went into its steps and came out. */
  data: ['operator', 'auditor', 'admin'],
  /** Who people are and what they said: recipients, approvers, comments, who canceled. */
  people: ['operator', 'auditor', 'admin'],
} as const satisfies Readonly<Record<string, ReadonlyArray<Role>>>

export type Sight = { readonly [Kind in keyof typeof seenBy]: boolean }

const isSeen = (kind: keyof Sight, by: ReadonlyArray<string>): boolean => seenBy[kind].some((role) => by.includes(role))

/** Who reads: in which language, and what he may see. */
export type Reader = { readonly locale: Locale; readonly sees: Sight }

/** A reader whose roles are not known sees what everybody sees. */
export const readerWith = (by: ReadonlyArray<string>, locale: Locale): Reader => ({
  locale,
  sees: { tech: isSeen('tech', by), data: isSeen('data', by), people: isSeen('people', by) },
})

export const techFor = ({ sees }: Reader, text: string | null): string | null => (sees.tech ? text : null)
export const dataFor = <A>({ sees }: Reader, data: A): A | null => (sees.data ? data : null)
export const peopleFor = <A>({ sees }: Reader, said: A): A | null => (sees.people ? said : null)

/** Parameters of messages that name people, or that were filled in from a run's data. */
const ofPeople: ReadonlySet<string> = new Set(['email', 'recipient', 'recipients', 'who'])
const ofData: ReadonlySet<string> = new Set(['subject', 'location'])

const mailbox = /(?<![^\s@<>,;"])([^\s@<>,;"]?)[^\s@<>,;"]*@([^\s@<>,;"]+)/g

/** `ana@example.com` becomes `a…@example.com`: enough to tell which, not whom. */
export const withoutMailboxes = (text: string): string => text.replace(mailbox, '$1…@$2')

const paramFor = ({ sees }: Reader, name: string, value: string | number): string | number => {
  if (ofPeople.has(name) && !sees.people) {
    const masked = withoutMailboxes(String(value))
    return masked === value ? '…' : masked
  }
  return ofData.has(name) && !sees.data ? '…' : value
}

/** A message's parameters as this reader may see them. */
export const paramsFor = (reader: Reader, params: Params): Params =>
  Object.fromEntries(Object.entries(params).map(([name, value]) => [name, paramFor(reader, name, value)]))
