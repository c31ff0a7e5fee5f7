import { type ServerDuplexStream, type ServerReadableStream } from '@grpc/grpc-js'
import { stopping } from './errors'

/**
 * Handles the messages of a call in order until the client half-closes; a promise holds back the next ones.
 * Not `for await`: its end would destroy a call that has yet to answer.
 */
export const eachMessage = <Message, Response>(
  call: ServerReadableStream<Message, Response> | ServerDuplexStream<Message, Response>,
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
        reject(error as Error)
      }
    })
    call.on('end', () => {
      // A connection that is lost in the middle of an append ends its messages too, and is known as cancelled a moment later.
      setImmediate(() => {
        if (call.cancelled) reject(stopping())
        else resolve()
      })
    })
    call.on('error', reject)
    call.on('cancelled', () => reject(stopping()))
  })
