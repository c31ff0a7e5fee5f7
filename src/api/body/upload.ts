import type { IncomingMessage } from 'node:http'
import type { Request, Response } from 'express'
import * as E from 'fp-ts/Either'
import type * as TE from 'fp-ts/TaskEither'
import multer, { MulterError } from 'multer'
import { headerOf } from '../context'
import { badRequest, type RequestError } from '../error'

/** Bytes of one file. */
export const uploadLimit = 25 * 1_048_576
const envelope = 65_536

export type Upload = {
  readonly fields: Readonly<Record<string, unknown>>
  readonly file: { readonly name: string; readonly bytes: Buffer }
}

const receive = multer({
  storage: multer.memoryStorage(),
  defParamCharset: 'utf8',
  limits: {
    fileSize: uploadLimit,
    files: 1,
    fields: 5,
    parts: 6,
    fieldNameSize: 100,
    fieldSize: 2_000,
    headerPairs: 20,
  },
}).single('file')

const refusalOf = (error: unknown): RequestError => {
  if (!(error instanceof MulterError))
    return badRequest({ pointer: '', problem: 'is not complete multipart/form-data' })
  if (error.code === 'LIMIT_FILE_SIZE') return { _tag: 'BodyTooLarge', limit: uploadLimit }
  return badRequest({
    pointer: error.field === undefined ? '' : `/${error.field}`,
    problem: error.message.toLowerCase(),
  })
}

const isMultipart = (req: IncomingMessage): boolean =>
  /^multipart\/form-data\s*;.*boundary=/i.test(headerOf(req, 'content-type') ?? '')

/** One file in the field `file` and a few short texts; refused by its declared length before a byte of it is kept. */
export const readUpload =
  (req: Request): TE.TaskEither<RequestError, Upload> =>
  () =>
    new Promise((resolve) => {
      if (!isMultipart(req)) {
        resolve(E.left({ _tag: 'UnsupportedMediaType', expected: 'multipart/form-data' }))
        return
      }
      if (Number(req.headers['content-length'] ?? 0) > uploadLimit + envelope) {
        resolve(E.left({ _tag: 'BodyTooLarge', limit: uploadLimit }))
        return
      }
      receive(req, req.res as Response, (error: unknown) => {
        if (error !== undefined) {
          resolve(E.left(refusalOf(error)))
          return
        }
        const { file } = req
        resolve(
          file === undefined
            ? E.left(badRequest({ pointer: '/file', problem: 'is missing' }))
            : E.right({ fields: { ...(req.body as object) }, file: { name: file.originalname, bytes: file.buffer } }),
        )
      })
    })
