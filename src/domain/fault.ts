import * as t from 'io-ts'
import { defaultLocale } from './messages/entry'
import type { Code, ParamsOf } from './messages'
import { textOf } from './messages/text'
import { redacted } from './redaction'

const Params = t.readonly(t.record(t.string, t.union([t.string, t.number])))

/**
 * What went wrong, as stored: a stable message code; parameters and texts may name people. `text` is the pt-BR snapshot, `tech` English,
 * redacted, at most 8 kB.
 */
export const Fault = t.readonly(
  t.type({ code: t.string, personal: t.readonly(t.type({ params: Params, text: t.string, tech: t.string })) }),
  'Fault',
)
export type Fault = t.TypeOf<typeof Fault>

/** Bytes. */
const longestTech = 8_192
/** Characters that are looked at. */
const longestSaid = 32_768

/** As the log can keep it: no NUL, and no half of a character. */
const storable = (said: string): string => said.replaceAll('\0', '').replaceAll(/\p{Surrogate}/gu, '\uFFFD')

const cut = (text: string): string => {
  const bytes = new TextEncoder().encode(text)
  if (bytes.length <= longestTech) return text
  // A character that is cut is left out: streaming, the decoder waits for the rest of it.
  return new TextDecoder().decode(bytes.subarray(0, longestTech), { stream: true })
}

/** What a developer is told: without secrets, at most 8 kB of UTF-8. */
export const technicalText = (said: string): string => cut(storable(redacted(said.slice(0, longestSaid))))

/** As it was found and recorded, by this version or another. */
export const recordedFault = (code: string, params: t.TypeOf<typeof Params>, tech: string): Fault => {
  const kept = Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, typeof value === 'string' ? storable(value) : value]),
  )
  return {
    code,
    personal: { params: kept, text: textOf(code, kept, defaultLocale), tech: technicalText(tech) },
  }
}

export const fault = <C extends Code>(code: C, params: ParamsOf<C> & t.TypeOf<typeof Params>, tech: string): Fault =>
  recordedFault(code, params, tech)
