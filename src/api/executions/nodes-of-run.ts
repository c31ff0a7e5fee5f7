import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import type { Execution } from '../../domain/execution/state'
import { load } from '../../domain/load'
import { parseRevision } from '../../domain/position'
import { type Node, workflowDefinition, workflowDefinitionStream } from '../../domain/workflow-definition'
import type { ApiError } from '../error'
import type { Reading } from '../owned'

/** The nodes that a run keeps to, whatever has become of its definition since. */
export const nodesOfRun =
  (store: Reading) =>
  ({ workflowId, workflowRevision }: Execution): TE.TaskEither<ApiError, ReadonlyArray<Node>> =>
    pipe(
      TE.fromEither(parseRevision(workflowRevision)),
      TE.mapLeft((): ApiError => ({ _tag: 'Unexpected' })),
      TE.chainW((revision) => load(store)(workflowDefinition)(workflowDefinitionStream(workflowId), revision)),
      TE.map(({ state }) => (state.status === 'unknown' ? [] : state.nodes)),
    )
