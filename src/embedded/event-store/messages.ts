import { type ServerReadableStream } from '@grpc/grpc-js'
import { asCallError } from './calls'
import { stopping } from './errors'

/**
 * Handles the messages of a call in order until the client half-closes; a promise holds back the next ones.
 * Not `for await`: its end would destroy a call that has yet to answer.
 */
export const eachMessage = <Message>(
  call: ServerReadableStream<Message, unknown>,
  handle: (message: Message) => Promise<void> | undefined,
): Promise<void> =>
  new Promise((resolve, reject) => {
    call.on('data', (message: Message) => {
      try {
        const busy = handle(message)
        if (busy === undefined) return
        call.pause()
        busy.then(() => call.resume(), reject)
      } catch (error) {
        call.pause()
        reject(asCallError(error))
      }
    })
    call.on('end', () => {
      // The messages of a lost connection end like those of a half-close; only a moment later the call is cancelled.
      setImmediate(() => {
        if (call.cancelled) reject(stopping())
        else resolve()
      })
    })
    call.on('error', reject)
    call.on('cancelled', () => reject(stopping()))
  })
