import { createHash } from 'node:crypto'
import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as t from 'io-ts'
import type { DecodeProblem } from '../../domain/decode-problems'
import { exactObject, text } from '../../domain/exact'
import { type CommandId, derivedId, NodeId } from '../../domain/ids'
import type { Node } from '../../domain/workflow-definition'
import { decodeNodes } from '../../nodes/preflight'
import { jsonBody } from '../body/json'
import { type BadRequest, badRequest, type InputProblem } from '../error'

const NewWorkflow = exactObject('Workflow', { name: text(200) }, { nodes: t.unknown })
const WorkflowRevision = exactObject('Workflow', { name: text(200), nodes: t.unknown }, {})
type WithNodes = t.TypeOf<typeof NewWorkflow>

const belowNodes = (problems: ReadonlyArray<DecodeProblem>): ReadonlyArray<InputProblem> =>
  problems.map(({ pointer, problem }) => ({ pointer: `/nodes${pointer}`, problem }))

/** The nodes' problems, beside those of the other fields. */
const inNodes = (value: unknown): ReadonlyArray<InputProblem> =>
  t.UnknownRecord.is(value) && value['nodes'] !== undefined
    ? pipe(
        decodeNodes(value['nodes']),
        E.match(belowNodes, () => []),
      )
    : []

/** A draft may be without nodes for now. */
export const newWorkflowBody = jsonBody(NewWorkflow, inNodes)
export const workflowRevisionBody = jsonBody(WorkflowRevision, inNodes)

/** The nodes as drawn. A node without an id gets one that a repeat of the command gives it again. */
export const nodesOf = ({ nodes = [] }: WithNodes, commandId: CommandId): E.Either<BadRequest, ReadonlyArray<Node>> => {
  let made = 0
  const newId = () => derivedId(NodeId, commandId, 'node', String((made += 1)))
  return pipe(
    decodeNodes(nodes, newId),
    E.mapLeft((problems) => badRequest(...belowNodes(problems))),
  )
}

export const hasWebhook = (nodes: ReadonlyArray<Node>): boolean => nodes[0]?.node_type === 'webhook'

/** Hex. */
export const tokenHash = (token: string): string => createHash('sha256').update(token).digest('hex')
