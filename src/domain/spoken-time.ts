import type { Locale } from './messages/entry'

/** An instant (RFC 3339) as people read it, in the product's time zone. */
export const spokenTime = (instant: string, locale: Locale): string =>
  new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZone: 'America/Sao_Paulo',
    timeZoneName: 'short',
  }).format(new Date(instant))
