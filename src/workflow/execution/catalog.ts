import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import type { Connection } from '../../domain/connection'
import type { EventStore, Revision } from '../../domain/event-store'
import type { Execution } from '../../domain/execution/state'
import type { ConnectionId, OrganizationId, TemplateId } from '../../domain/ids'
import { load } from '../../domain/load'
import { loadConnection, loadOwned } from '../../domain/owned'
import { parseRevision } from '../../domain/position'
import { recentlyUsed } from '../../domain/recently-used'
import { revisionOfVersion, template, templateStream, type TemplateVersion } from '../../domain/template'
import { type Node, workflowDefinition, workflowDefinitionStream } from '../../domain/workflow-definition'
import type { UsedTemplate } from '../../nodes/contract'
import type { Unavailable } from '../../nodes/steps/step-run'
import { away } from './stop'

type Log = Pick<EventStore, 'readStream'>

/** What a run's steps are made of, as one advance sees it: what belongs to another organization does not exist. */
export type Catalog = {
  /** The nodes of the definition that the run keeps to. */
  readonly nodes: (run: Execution) => TE.TaskEither<Unavailable, ReadonlyArray<Node>>
  readonly connection: (id: ConnectionId) => TE.TaskEither<Unavailable, Connection | undefined>
  /** The version that the run's checks chose; the latest when they chose none. */
  readonly templateOf: (run: Execution) => (id: TemplateId) => TE.TaskEither<Unavailable, TemplateVersion | undefined>
  /** The same, and whether there is a newer one. */
  readonly usedTemplate: (run: Execution) => (id: TemplateId) => TE.TaskEither<Unavailable, UsedTemplate | undefined>
}

const keptBytes = 32 * 1_048_576
const weigh = (value: unknown): number => JSON.stringify(value).length

/** Read at most once by an advance: its checks and its steps see the same. */
const remembering = <Id extends string, A>(
  read: (id: Id) => TE.TaskEither<Unavailable, A>,
): ((id: Id) => TE.TaskEither<Unavailable, A>) => {
  const known = new Map<Id, A>()
  return (id) => {
    const before = known.get(id)
    return before === undefined
      ? pipe(
          read(id),
          TE.map((value) => {
            known.set(id, value)
            return value
          }),
        )
      : TE.of(before)
  }
}

/** Definitions at a revision and versions of templates never change: they are kept for the process, at most 32 MiB each. */
export const catalogOf = (log: Log): ((organization: OrganizationId) => Catalog) => {
  const definitions = recentlyUsed<string, ReadonlyArray<Node>>(keptBytes, weigh)
  const versions = recentlyUsed<string, TemplateVersion>(keptBytes, weigh)

  const nodes: Catalog['nodes'] = ({ workflowId, workflowRevision }) => {
    const key = `${workflowId} ${workflowRevision}`
    const kept = definitions.get(key)
    if (kept !== undefined) return TE.of(kept)
    return pipe(
      TE.fromEither(parseRevision(workflowRevision)),
      TE.mapLeft((reason): Unavailable => ({ _tag: 'Unavailable', reason })),
      TE.chain((revision) =>
        pipe(load(log)(workflowDefinition)(workflowDefinitionStream(workflowId), revision), TE.mapLeft(away)),
      ),
      TE.chain(({ state, history }) => {
        if (state.status === 'unknown' || String(history.at(-1)?.revision) !== workflowRevision)
          return TE.left<Unavailable>({ _tag: 'Unavailable', reason: `definition ${key} is not in the log yet` })
        definitions.keep(key, state.nodes)
        return TE.of(state.nodes)
      }),
    )
  }

  return (organization) => {
    const readTemplate = (id: TemplateId, upTo?: Revision): TE.TaskEither<Unavailable, TemplateVersion | undefined> =>
      pipe(
        loadOwned(log)(template)(templateStream(id), organization, upTo),
        TE.bimap(away, (found) => found?.state.latest),
      )
    const latest = remembering((id: TemplateId) => readTemplate(id))
    const templateOf: Catalog['templateOf'] =
      ({ preflight }) =>
      (id) => {
        const pinned = preflight.templates[id]
        if (pinned === undefined) return latest(id)
        const key = `${organization} ${id} ${pinned}`
        const kept = versions.get(key)
        if (kept !== undefined) return TE.of(kept)
        return pipe(
          readTemplate(id, revisionOfVersion(pinned)),
          TE.map((version) => {
            if (version?.version !== pinned) return undefined
            versions.keep(key, version)
            return version
          }),
        )
      }
    return {
      nodes,
      connection: remembering((id) => pipe(loadConnection(log)(id, organization), TE.mapLeft(away))),
      templateOf,
      usedTemplate: (run) => (id) =>
        pipe(
          TE.Do,
          TE.apS('version', templateOf(run)(id)),
          TE.bind('newest', () => latest(id)),
          TE.map(({ version, newest }) =>
            version === undefined ? undefined : { version, newest: newest?.version ?? version.version },
          ),
        ),
    }
  }
}
