import { pipe } from 'fp-ts/function'
import * as E from 'fp-ts/Either'
import * as t from 'io-ts'
import { v5 as uuidv5 } from 'uuid'

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

type Uuid<Of extends string> = string & { readonly _uuidOf: Of }

const uuidBrand = <Of extends string>(of: Of) =>
  new t.Type<Uuid<Of>, string>(
    of,
    (u): u is Uuid<Of> => typeof u === 'string' && uuid.test(u),
    (u, c) => {
      const lower = typeof u === 'string' ? u.toLowerCase() : ''
      return uuid.test(lower) ? t.success(lower as Uuid<Of>) : t.failure(u, c, 'must be a UUID')
    },
    t.identity,
  )

export const ExecutionId = uuidBrand('ExecutionId')
export type ExecutionId = t.TypeOf<typeof ExecutionId>
export const StepId = uuidBrand('StepId')
export type StepId = t.TypeOf<typeof StepId>
export const WorkflowId = uuidBrand('WorkflowId')
export type WorkflowId = t.TypeOf<typeof WorkflowId>
export const NodeId = uuidBrand('NodeId')
export type NodeId = t.TypeOf<typeof NodeId>
export const TemplateId = uuidBrand('TemplateId')
export type TemplateId = t.TypeOf<typeof TemplateId>
export const ConnectionId = uuidBrand('ConnectionId')
export type ConnectionId = t.TypeOf<typeof ConnectionId>
export const DocumentId = uuidBrand('DocumentId')
export type DocumentId = t.TypeOf<typeof DocumentId>
export const OrganizationId = uuidBrand('OrganizationId')
export type OrganizationId = t.TypeOf<typeof OrganizationId>
export const CorrelationId = uuidBrand('CorrelationId')
export type CorrelationId = t.TypeOf<typeof CorrelationId>
export const CommandId = uuidBrand('CommandId')
export type CommandId = t.TypeOf<typeof CommandId>
export const EventId = uuidBrand('EventId')
export type EventId = t.TypeOf<typeof EventId>

/** The name-based UUID of an id that follows from others; `parts` are joined by a space. RFC 9562 5.5. */
export const derivedId = <A>(codec: t.Type<A, string>, namespace: string, ...parts: ReadonlyArray<string>): A =>
  pipe(
    codec.decode(uuidv5(parts.join(' '), namespace)),
    E.getOrElse<t.Errors, A>(() => {
      throw new Error(`${codec.name}: not a namespace: ${namespace}`)
    }),
  )

/** `source`: the id of whoever's keys they are, within which a key names one command. */
export const commandIdOfKey = (source: string, idempotencyKey: string): CommandId =>
  derivedId(CommandId, source, 'idempotency-key', idempotencyKey)

export const stepIdOf = (execution: ExecutionId, node: NodeId): StepId => derivedId(StepId, execution, 'step', node)
