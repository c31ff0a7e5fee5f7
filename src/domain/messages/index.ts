import { data } from './data'
import { delivery } from './delivery'
import type { Entry, Kind } from './entry'
import { permissions } from './permissions'
import { runtime } from './runtime'
import { signature } from './signature'
import { template } from './template'

/** What the checks before a run can find. */
export const preflightMessages = { ...data, ...template, ...permissions, ...delivery, ...signature } as const

export const messages = { ...preflightMessages, ...runtime } as const satisfies Readonly<Record<string, Entry>>

export type Code = keyof typeof messages

export const isCode = (text: string): text is Code => Object.hasOwn(messages, text)

type ValueOf<K extends Kind> = K extends 'text' ? string : K extends 'number' ? number : K[number]

type Valued<P extends Readonly<Record<string, Kind>>> = keyof P extends never
  ? Readonly<Record<string, never>>
  : { readonly [Name in keyof P]: ValueOf<P[Name]> }

/** The values that the texts of a code ask for. */
export type ParamsOf<C extends Code> = { readonly [Each in C]: Valued<(typeof messages)[Each]['params']> }[C]
