import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import { load } from '../../domain/load'
import type { Execution, Step } from '../../domain/execution/state'
import { parseRevision } from '../../domain/position'
import { workflowDefinition, workflowDefinitionStream } from '../../domain/workflow-definition'
import type { Node } from '../../domain/workflow-definition/node'
import type { Unavailable } from '../../nodes/step-run'
import { unavailable } from './step-faults'
import type { Log } from './tell'

const nodeNotThere = (step: Step): Unavailable => ({
  _tag: 'Unavailable',
  reason: `node ${step.node_id} is not in the log yet`,
})

/** The step's node as it stood in the definition when the run began. */
export const stepNode =
  (log: Log) =>
  (run: Execution, step: Step): TE.TaskEither<Unavailable, Node> =>
    pipe(
      TE.fromEither(parseRevision(run.workflowRevision)),
      TE.mapLeft((reason): Unavailable => ({ _tag: 'Unavailable', reason })),
      TE.chain((revision) =>
        pipe(
          load(log)(workflowDefinition)(workflowDefinitionStream(run.workflowId), revision),
          TE.mapLeft(unavailable),
        ),
      ),
      TE.chain(({ state }) => {
        const node =
          state.status === 'undefined' ? undefined : state.nodes.find(({ node_id }) => node_id === step.node_id)
        return node === undefined ? TE.left(nodeNotThere(step)) : TE.of(node)
      }),
    )
