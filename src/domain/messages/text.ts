import { IntlMessageFormat } from 'intl-messageformat'
import { messages, type Code, isCode } from '.'
import type { Locale } from './entry'

export type Params = Readonly<Record<string, string | number>>

const compiled = new Map<string, IntlMessageFormat>()

const patternOf = (code: Code, locale: Locale): IntlMessageFormat => {
  const key = `${locale} ${code}`
  const known = compiled.get(key) ?? new IntlMessageFormat(messages[code].text[locale], locale)
  compiled.set(key, known)
  return known
}

/** A stored code rendered for a reader. A code or parameter this version does not know gives the code itself: history stays readable. */
export const textOf = (code: string, params: Params, locale: Locale): string => {
  if (!isCode(code)) return code
  try {
    return String(patternOf(code, locale).format(params))
  } catch {
    return code
  }
}
