import * as E from 'fp-ts/Either'
import { type Connection, connection } from '../../domain/connection'
import type { Aggregate } from '../../domain/decider'
import type { DomainEvent } from '../../domain/domain-event'
import type { Revision, StreamName } from '../../domain/event-store'
import { load, type Loaded } from '../../domain/load'
import { type Template, template, templateCategory } from '../../domain/template'
import { type Workflow, workflowDefinition, workflowDefinitionCategory } from '../../domain/workflow-definition'
import { unreadable } from '../fold-batch'
import type { History } from '../folding'

export type Dates = { readonly created_at: Date; readonly updated_at: Date; readonly revision: Revision }
export type Listed =
  | { readonly kind: 'workflow'; readonly state: Workflow }
  | { readonly kind: 'template'; readonly state: Template }
  | { readonly kind: 'connection'; readonly state: Connection }
export type CatalogView = Listed & Dates

export const kindOf = (stream: StreamName): Listed['kind'] =>
  stream.startsWith(`${workflowDefinitionCategory}-`)
    ? 'workflow'
    : stream.startsWith(`${templateCategory}-`)
      ? 'template'
      : 'connection'

const loadedAt =
  (store: History, stream: StreamName, at: Revision) =>
  async <State, Command, Event extends DomainEvent, Refusal>(
    aggregate: Aggregate<State, Command, Event, Refusal>,
  ): Promise<Loaded<State>> => {
    const loaded = await load(store)(aggregate)(stream, at)()
    if (E.isLeft(loaded)) throw unreadable(stream, loaded.left)
    return loaded.right
  }

const listedIn = async (
  loaded: ReturnType<typeof loadedAt>,
  stream: StreamName,
): Promise<(Listed & Pick<Loaded<unknown>, 'history'>) | undefined> => {
  switch (kindOf(stream)) {
    case 'workflow': {
      const { state, history } = await loaded(workflowDefinition)
      return state.status === 'unknown' ? undefined : { kind: 'workflow', state, history }
    }
    case 'template': {
      const { state, history } = await loaded(template)
      return state.status === 'unknown' ? undefined : { kind: 'template', state, history }
    }
    case 'connection': {
      const { state, history } = await loaded(connection)
      return state.status === 'unknown' ? undefined : { kind: 'connection', state, history }
    }
  }
}

const createdAt = async (store: History, stream: StreamName): Promise<Date | undefined> => {
  const first = await store.readStream(stream, { limit: 1 })()
  if (E.isLeft(first)) throw unreadable(stream, first.left)
  return first.right[0]?.created
}

/** A workflow, template or connection as of a revision: as little is read for it as for a command. */
export const catalogViewAt = async (store: History, stream: StreamName, at: Revision): Promise<CatalogView> => {
  const found = await listedIn(loadedAt(store, stream, at), stream)
  const created_at = await createdAt(store, stream)
  if (found === undefined || created_at === undefined) throw new Error(`${stream} ends before revision ${at}`)
  const { history, ...listed } = found
  const last = history.at(-1)
  if (last?.revision !== at) throw new Error(`${stream} ends before revision ${at}`)
  return { ...listed, created_at, updated_at: last.created, revision: at }
}
