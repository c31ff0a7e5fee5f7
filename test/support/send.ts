import { randomUUID } from 'node:crypto'
import * as E from 'fp-ts/Either'
import { commandHandler } from '../../src/domain/command-handler'
import type { Aggregate } from '../../src/domain/decider'
import type { DomainEvent } from '../../src/domain/domain-event'
import type { StreamName } from '../../src/domain/event-store'
import { CommandId, CorrelationId, derivedId, type OrganizationId } from '../../src/domain/ids'
import type { Actor, CommandContext } from '../../src/domain/metadata'
import type { RunLog } from '../../src/workflow/execution/run-commands'

export const right = <A>(either: E.Either<unknown, A>): A => {
  if (E.isLeft(either)) throw new Error(JSON.stringify(either.left))
  return either.right
}

export const contextOf = (organization: OrganizationId, actor: Actor = { type: 'user', id: 'ana@example.com' }) => {
  const commandId = derivedId(CommandId, randomUUID())
  const correlationId = derivedId(CorrelationId, commandId)
  const context: CommandContext = {
    commandId,
    commandHash: 'h',
    correlationId,
    causationId: commandId,
    actor,
    organization,
  }
  return context
}

/** Sends commands as a person does; what is refused is thrown. */
export const sendTo =
  (log: RunLog, organization: OrganizationId, actor?: Actor) =>
  async <State, Command, Event extends DomainEvent, Refusal>(
    aggregate: Aggregate<State, Command, Event, Refusal>,
    stream: StreamName,
    command: Command,
  ): Promise<void> => {
    right(await commandHandler(log)(aggregate)(stream, command, contextOf(organization, actor))())
  }
