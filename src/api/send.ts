import type { Request, Response } from 'express'
import { redacted } from '../domain/redaction'
import type { Reader } from '../domain/visibility'
import type { Answer } from './answer'
import type { ApiError } from './error'
import { isHeld } from './etag'
import { problemOf } from './problem/problem'
import { renderProblem } from './problem/render'
import { pathOf, traceOf } from './request'

const isUnchanged = ({ method, headers }: Request, { status, headers: { ETag } }: Answer): boolean =>
  ETag !== undefined && status === 200 && ['GET', 'HEAD'].includes(method) && isHeld(headers['if-none-match'], ETag)

export const send = (res: Response, answer: Answer, { locale }: Reader): void => {
  const { status, headers, body } = answer
  res.status(status).set({ 'Cache-Control': 'private, no-cache', ...headers })
  res.vary('Authorization').vary('X-Organization-ID').vary('Accept-Language')
  if (isUnchanged(res.req, answer)) return void res.status(304).end()
  if ('bytes' in body) return void res.end(body.bytes)
  res.set('Content-Language', locale).json(body.json)
}

/** Answers with a problem (RFC 9457). */
export const sendProblem = (res: Response, error: ApiError, reader: Reader): void => {
  const problem = problemOf(error)
  const body = renderProblem(error, reader, redacted(pathOf(res.req)), traceOf(res.req).correlationId)
  res.status(body.status).set({ 'Cache-Control': 'no-store', 'Content-Language': reader.locale, ...problem.headers })
  res.vary('Accept-Language')
  res.type('application/problem+json').send(JSON.stringify(body))
}
