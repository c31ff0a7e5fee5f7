import Negotiator from 'negotiator'
import { defaultLocale, type Locale } from '../domain/messages/entry'

const ours: ReadonlyMap<string, Locale> = new Map([
  ['pt', 'pt-BR'],
  ['en', 'en'],
])

/** The product's language for a BCP 47 tag, by its first part; a malformed tag is no language. */
export const localeOfTag = (tag: string): Locale | undefined => {
  try {
    const [canonical = ''] = Intl.getCanonicalLocales(tag)
    return ours.get(canonical.split('-')[0] ?? '')
  } catch {
    return undefined
  }
}

/** Languages of one header that are looked at: nobody reads more. */
const mostLanguages = 20

/** What the reader asked for: `?locale`, then Accept-Language in order of preference; `*` asks for nothing. */
export const askedLocale = (parameter: string | null, acceptLanguage: string | undefined): Locale | undefined =>
  (parameter === null ? undefined : localeOfTag(parameter)) ??
  new Negotiator({ headers: { 'accept-language': acceptLanguage ?? '*' } })
    .languages()
    .slice(0, mostLanguages)
    .map(localeOfTag)
    .find((locale) => locale !== undefined)

/** Asked for, else the organization's, else the product's. */
export const readerLocale = (asked: Locale | undefined, organization?: Locale): Locale =>
  asked ?? organization ?? defaultLocale
