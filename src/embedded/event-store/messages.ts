import { type ServerReadableStream } from '@grpc/grpc-js'
import { asCallError } from './calls'
import { stopping } from './errors'

/** Whether the HTTP/2 stream below is closed, which after a half-close it is not: grpc-js does not tell in its public part. */
const wasReset = (call: object): boolean =>
  (call as { readonly call?: { readonly stream?: { readonly closed?: boolean } } }).call?.stream?.closed === true

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
      // The messages of a lost or cancelled call end like those of a half-close; 'cancelled' follows only a while later.
      setImmediate(() => {
        if (call.cancelled || wasReset(call)) reject(stopping())
        else resolve()
      })
    })
    call.on('error', reject)
    call.on('cancelled', () => reject(stopping()))
  })
