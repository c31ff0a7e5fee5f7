import { pipe } from 'fp-ts/function'
import * as E from 'fp-ts/Either'
import * as t from 'io-ts'
import { v5 as uuidv5 } from 'uuid'

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

const uuidBrand = <B extends symbol>(name: string) =>
  new t.Type<string & Readonly<Record<B, true>>, string>(
    name,
    (u): u is string & Readonly<Record<B, true>> => typeof u === 'string' && uuid.test(u),
    (u, c) => {
      const lower = typeof u === 'string' ? u.toLowerCase() : u
      return typeof lower === 'string' && uuid.test(lower)
        ? t.success(lower as string & Readonly<Record<B, true>>)
        : t.failure(u, c, 'must be a UUID')
    },
    t.identity,
  )

declare const executionId: unique symbol
declare const stepId: unique symbol
declare const workflowId: unique symbol
declare const nodeId: unique symbol
declare const templateId: unique symbol
declare const connectionId: unique symbol
declare const documentId: unique symbol
declare const organizationId: unique symbol
declare const correlationId: unique symbol
declare const commandId: unique symbol
declare const eventId: unique symbol

export const ExecutionId = uuidBrand<typeof executionId>('ExecutionId')
export type ExecutionId = t.TypeOf<typeof ExecutionId>
export const StepId = uuidBrand<typeof stepId>('StepId')
export type StepId = t.TypeOf<typeof StepId>
export const WorkflowId = uuidBrand<typeof workflowId>('WorkflowId')
export type WorkflowId = t.TypeOf<typeof WorkflowId>
export const NodeId = uuidBrand<typeof nodeId>('NodeId')
export type NodeId = t.TypeOf<typeof NodeId>
export const TemplateId = uuidBrand<typeof templateId>('TemplateId')
export type TemplateId = t.TypeOf<typeof TemplateId>
export const ConnectionId = uuidBrand<typeof connectionId>('ConnectionId')
export type ConnectionId = t.TypeOf<typeof ConnectionId>
export const DocumentId = uuidBrand<typeof documentId>('DocumentId')
export type DocumentId = t.TypeOf<typeof DocumentId>
export const OrganizationId = uuidBrand<typeof organizationId>('OrganizationId')
export type OrganizationId = t.TypeOf<typeof OrganizationId>
export const CorrelationId = uuidBrand<typeof correlationId>('CorrelationId')
export type CorrelationId = t.TypeOf<typeof CorrelationId>
export const CommandId = uuidBrand<typeof commandId>('CommandId')
export type CommandId = t.TypeOf<typeof CommandId>
export const EventId = uuidBrand<typeof eventId>('EventId')
export type EventId = t.TypeOf<typeof EventId>

/** The name-based UUID of an id that follows from others; `parts` are joined by a space. RFC 9562 5.5. */
export const derivedId = <A>(codec: t.Type<A, string>, namespace: string, ...parts: ReadonlyArray<string>): A =>
  pipe(
    codec.decode(uuidv5(parts.join(' '), namespace)),
    E.getOrElse<t.Errors, A>(() => {
      throw new Error(`${codec.name}: not a namespace: ${namespace}`)
    }),
  )

export const commandIdOfKey = (organization: OrganizationId, idempotencyKey: string): CommandId =>
  derivedId(CommandId, organization, 'idempotency-key', idempotencyKey)

export const stepIdOf = (execution: ExecutionId, node: NodeId): StepId => derivedId(StepId, execution, 'step', node)
