import { randomBytes } from 'node:crypto'
import type { Request, RequestHandler, Response } from 'express'
import * as E from 'fp-ts/Either'
import type * as TE from 'fp-ts/TaskEither'
import type { Locale } from '../../domain/messages/entry'
import type { Html } from '../../domain/html'
import type { Trace } from '../context'
import type { ApiError } from '../error'
import type { Log } from '../log'
import { readerOf, traceOf } from '../request'
import { layout } from './layout'
import { troublePage } from './trouble'

export type PageCall = Trace & { readonly req: Request; readonly locale: Locale }

export type Page = { readonly status: number; readonly title: string; readonly body: Html }
export type PageAnswer = Page | { readonly file: Uint8Array; readonly headers: Readonly<Record<string, string>> }
export type PageHandler = (call: PageCall) => TE.TaskEither<ApiError, PageAnswer>

/** An address here is a secret: no cache, other site or search engine may come to know it. */
const secretive = {
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Robots-Tag': 'noindex, nofollow',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
}

const sendPage = (res: Response, { status, title, body }: Page, locale: Locale): void => {
  const nonce = randomBytes(16).toString('base64')
  const policy = `default-src 'none'; style-src 'nonce-${nonce}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`
  res.status(status).set({ ...secretive, 'Content-Security-Policy': policy, 'Content-Language': locale })
  res
    .vary('Accept-Language')
    .type('html')
    .send(layout(locale, title, body, nonce))
}

const sendFile = (res: Response, { file, headers }: Extract<PageAnswer, { readonly file: Uint8Array }>): void => {
  const length = String(file.length)
  res.set({ ...secretive, 'Content-Security-Policy': "default-src 'none'; sandbox", 'Content-Length': length })
  res.set(headers).end(file)
}

/** Runs a handler for people: whatever comes of it, the answer is a page or a file. */
export const onPage =
  (log: Log) =>
  (handle: PageHandler): RequestHandler =>
  async (req, res) => {
    const trace = traceOf(req)
    const { locale } = readerOf(req)
    const answer = await handle({ ...trace, req, locale })().catch((thrown: unknown): E.Either<ApiError, never> => {
      log.failed(trace, thrown)
      return E.left({ _tag: 'Unexpected' })
    })
    if (res.destroyed) return
    if (E.isLeft(answer)) {
      log.refused(trace, answer.left)
      const { headers, ...page } = troublePage(answer.left, locale)
      sendPage(res.set(headers), page, locale)
    } else if ('file' in answer.right) sendFile(res, answer.right)
    else sendPage(res, answer.right, locale)
  }
export type OnPage = ReturnType<typeof onPage>
