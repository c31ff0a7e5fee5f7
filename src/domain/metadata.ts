import * as t from 'io-ts'
import { CommandId, CorrelationId, OrganizationId } from './ids'

export const Actor = t.readonly(
  t.type({ type: t.keyof({ user: null, system: null, webhook: null }), id: t.string }, 'Actor'),
)
export type Actor = t.TypeOf<typeof Actor>

/** `$correlationId` and `$causationId` are the log's own names; other `$` names belong to the server. */
export const EventMetadata = t.readonly(
  t.intersection([
    t.type({
      $correlationId: CorrelationId,
      $causationId: t.string,
      command_id: CommandId,
      command_hash: t.string,
      actor: Actor,
      organization_id: OrganizationId,
      schema_version: t.number,
    }),
    t.partial({ traceparent: t.string }),
  ]),
  'EventMetadata',
)
export type EventMetadata = t.TypeOf<typeof EventMetadata>

/** What stands beside a command: who, on whose behalf, because of what. `causationId` is a command's or an event's id. */
export type CommandContext = {
  readonly commandId: CommandId
  /** Of what the sender asked for, or who the worker is: the same id with another hash is a misused idempotency key. */
  readonly commandHash: string
  readonly correlationId: CorrelationId
  readonly causationId: string
  readonly actor: Actor
  readonly organization: OrganizationId
  readonly traceparent?: string
}

/** `version` of the shape of the event's data. */
export const metadataOf = (context: CommandContext, version = 1): EventMetadata => ({
  $correlationId: context.correlationId,
  $causationId: context.causationId,
  command_id: context.commandId,
  command_hash: context.commandHash,
  actor: context.actor,
  organization_id: context.organization,
  schema_version: version,
  ...(context.traceparent === undefined ? {} : { traceparent: context.traceparent }),
})
