import * as t from 'io-ts'
import { defaultLocale } from './catalogue/entry'
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

export const fault = (code: string, params: t.TypeOf<typeof Params>, tech: string): Fault => ({
  code,
  personal: { params, text: textOf(code, params, defaultLocale), tech: tech.slice(0, longestTech) },
})
