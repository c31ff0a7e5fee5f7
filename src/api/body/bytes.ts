import type { IncomingMessage } from 'node:http'
import * as E from 'fp-ts/Either'
import type * as TE from 'fp-ts/TaskEither'
import type { BodyCutOff, BodyTooLarge } from '../error'

/** The whole body, at most `limit` bytes; what lies beyond is not kept. */
export const readBytes =
  (req: IncomingMessage, limit: number): TE.TaskEither<BodyTooLarge | BodyCutOff, Buffer> =>
  () =>
    new Promise((resolve) => {
      const tooLarge = E.left<BodyTooLarge>({ _tag: 'BodyTooLarge', limit })
      if (Number(req.headers['content-length'] ?? 0) > limit) {
        resolve(tooLarge)
        return
      }
      const chunks: Buffer[] = []
      let size = 0
      req.on('data', (chunk: Buffer) => {
        size += chunk.length
        if (size <= limit) chunks.push(chunk)
        else {
          chunks.length = 0
          resolve(tooLarge)
        }
      })
      req.once('end', () => resolve(E.right(Buffer.concat(chunks))))
      req.once('error', () => resolve(E.left({ _tag: 'BodyCutOff' })))
      req.once('close', () => resolve(E.left({ _tag: 'BodyCutOff' })))
    })
