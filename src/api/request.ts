import type { Request } from 'express'
import * as E from 'fp-ts/Either'
import type { Locale } from '../domain/messages/entry'
import { type Reader, readerWith } from '../domain/visibility'
import { givenCorrelation, headerOf, newTrace, type Trace } from './context'
import { askedLocale, readerLocale } from './locale'

export const searchOf = (req: Request): URLSearchParams =>
  new URLSearchParams(req.originalUrl.split('?').slice(1).join('?'))

/** The path as asked for, without the query, which may hold anything. */
export const pathOf = (req: Request): string => req.originalUrl.split('?')[0] ?? ''

const askedLocaleOf = (req: Request): Locale | undefined =>
  askedLocale(searchOf(req).get('locale'), headerOf(req, 'accept-language'))

const traces = new WeakMap<Request, Trace>()

/** The trace of a request, from its first use on. */
export const traceOf = (req: Request): Trace => {
  const known = traces.get(req)
  if (known !== undefined) return known
  const given = givenCorrelation(req)
  const fresh = newTrace(req)
  const trace = E.isRight(given) && given.right !== undefined ? { ...fresh, correlationId: given.right } : fresh
  traces.set(req, trace)
  return trace
}

type Known = { readonly locale: Locale; readonly roles: ReadonlyArray<string> }

/** How to speak to who asks: `known` once it is known who that is. */
export const readerOf = (req: Request, known?: Known): Reader =>
  readerWith(known?.roles ?? [], readerLocale(askedLocaleOf(req), known?.locale))
