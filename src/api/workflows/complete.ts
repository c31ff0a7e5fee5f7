import * as E from 'fp-ts/Either'
import type { Node } from '../../domain/workflow-definition'
import { incompleteness } from '../../nodes/preflight'
import type { WorkflowIncomplete } from '../error'

/** Whether these nodes may be those of an active workflow; if not, all that they lack, as the checks before a run would say it. */
export const complete = (nodes: ReadonlyArray<Node>): E.Either<WorkflowIncomplete, void> => {
  const issues = incompleteness(nodes)
  return issues.length === 0 ? E.right(undefined) : E.left({ _tag: 'WorkflowIncomplete', issues })
}
