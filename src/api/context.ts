import { randomBytes, randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import { type CommandId, commandIdOfKey, CorrelationId, type OrganizationId } from '../domain/ids'
import type { Actor, CommandContext } from '../domain/metadata'
import { type BadRequest, badRequest } from './error'

/** What a request carries through everything it causes. */
export type Trace = { readonly correlationId: CorrelationId; readonly traceparent: string }

/** A request as far as its headers tell it. */
export type Headed = { readonly headers: IncomingHttpHeaders }

export const headerOf = (req: Headed, name: string): string | undefined => {
  const value = req.headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}

// W3C Trace Context 3.2: version ff is invalid, all-zero ids are invalid; a malformed header is as good as none.
const traceparentForm = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/

const newTraceparent = (): string => `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-00`

export const newTrace = (req: Headed): Trace => {
  const traceparent = headerOf(req, 'traceparent') ?? ''
  return {
    correlationId: randomUUID() as string as CorrelationId,
    traceparent: traceparentForm.test(traceparent) ? traceparent : newTraceparent(),
  }
}

/** `X-Correlation-ID` when it is there. */
export const givenCorrelation = (req: Headed): E.Either<BadRequest, CorrelationId | undefined> => {
  const given = headerOf(req, 'x-correlation-id')
  return given === undefined
    ? E.right(undefined)
    : pipe(
        CorrelationId.decode(given),
        E.mapLeft(() => badRequest({ header: 'X-Correlation-ID', problem: 'must be a UUID' })),
      )
}

const keyForm = /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/

const commandIdOf = (key: string | undefined, header: string, source: string) =>
  key === undefined
    ? E.right(randomUUID() as string as CommandId)
    : keyForm.test(key)
      ? E.right(commandIdOfKey(source, key))
      : E.left(badRequest({ header, problem: 'must be 1 to 255 printable ASCII characters' }))

/** Whether the sender may give the same command again. */
export const isRepeatable = (req: Headed, keyHeaders: ReadonlyArray<string> = ['Idempotency-Key']): boolean =>
  keyHeaders.some((name) => headerOf(req, name.toLowerCase()) !== undefined)

/** `source`: within what a key names one command; the organization unless said otherwise. */
type Sender = { readonly actor: Actor; readonly organization: OrganizationId; readonly source?: string }

/** The command's context: its id follows from the idempotency key, the other ids from the request. */
export const commandContext = (
  req: Headed,
  { correlationId, traceparent }: Trace,
  { actor, organization, source = organization }: Sender,
  commandHash: string,
  keyHeaders: ReadonlyArray<string> = ['Idempotency-Key'],
): E.Either<BadRequest, CommandContext> => {
  const header = keyHeaders.find((name) => headerOf(req, name.toLowerCase()) !== undefined) ?? 'Idempotency-Key'
  return pipe(
    commandIdOf(headerOf(req, header.toLowerCase()), header, source),
    E.map((commandId) => ({
      commandId,
      commandHash,
      correlationId,
      causationId: commandId,
      actor,
      organization,
      traceparent,
    })),
  )
}
