import * as t from 'io-ts'
import { defaultLocale } from './catalogue/entry'
import type { Code, ParamsOf } from './catalogue'
import { textOf } from './catalogue/text'

const Params = t.readonly(t.record(t.string, t.union([t.string, t.number])))

/**
 * What went wrong, as stored: a stable catalogue code; parameters and texts may name people. `text` is the pt-BR snapshot, `tech` English,
 * redacted, at most 8 kB.
 */
export const Fault = t.readonly(
  t.type({ code: t.string, personal: t.readonly(t.type({ params: Params, text: t.string, tech: t.string })) }),
  'Fault',
)
export type Fault = t.TypeOf<typeof Fault>

const longestTech = 8_192

/** As the log can keep it: no NUL, and no half of a character where it was cut. */
const storable = (said: string): string => said.replaceAll('\0', '').replaceAll(/\p{Surrogate}/gu, '\uFFFD')

/** As it was found and recorded, by this version or another. */
export const recordedFault = (code: string, params: t.TypeOf<typeof Params>, tech: string): Fault => {
  const kept = Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, typeof value === 'string' ? storable(value) : value]),
  )
  return {
    code,
    personal: { params: kept, text: textOf(code, kept, defaultLocale), tech: storable(tech.slice(0, longestTech)) },
  }
}

export const fault = <C extends Code>(code: C, params: ParamsOf<C> & t.TypeOf<typeof Params>, tech: string): Fault =>
  recordedFault(code, params, tech)
