import { data } from './data'
import { delivery } from './delivery'
import type { Entry } from './entry'
import { permissions } from './permissions'
import { runtime } from './runtime'
import { template } from './template'

export const catalogue = { ...data, ...template, ...permissions, ...delivery, ...runtime } as const satisfies Readonly<
  Record<string, Entry>
>

export type Code = keyof typeof catalogue

export const isCode = (text: string): text is Code => Object.hasOwn(catalogue, text)
