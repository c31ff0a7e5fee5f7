import { randomUUID } from 'node:crypto'
import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as t from 'io-ts'
import { type DecodeProblem, mostProblems, pointerTo, problemsOf } from '../domain/decode-problems'
import { NodeId } from '../domain/ids'
import { JsonObject } from '../domain/json'
import type { Node } from '../domain/workflow-definition'
import type { AnyNodeType } from './any-node-type'
import { exactObject, text } from '../domain/exact'
import { tagsIn } from './texts/liquid-tags'
import { nodeTypeOf } from './registry'

const mostNodes = 50
/** Characters, over all texts of a workflow: reading tags is the one part of a definition that costs more than its bytes. */
const mostInTags = 30_000

const DrawnNode = exactObject(
  'Node',
  { node_type: text(100), label: text(200), config: JsonObject },
  { id: NodeId, structural_type: t.literal('single'), position: t.number },
)
type Drawn = t.TypeOf<typeof DrawnNode>
type Problems = ReadonlyArray<DecodeProblem>

const under =
  (pointer: string) =>
  (problems: Problems): Problems =>
    problems.map((problem) => ({ ...problem, pointer: `${pointer}${problem.pointer}` }))

/** `webhook` is a trigger where it stands first; elsewhere it would be another type. */
const placeProblems = ({ kind, node_type }: AnyNodeType, index: number): Problems => {
  if (index === 0 && kind !== 'trigger') return [{ pointer: '/node_type', problem: 'the first node must be a trigger' }]
  return index > 0 && kind === 'trigger'
    ? [{ pointer: '/node_type', problem: `the trigger ${node_type} may only be the first node` }]
    : []
}

const decodeOne = (drawn: Drawn, index: number, newId: () => string): E.Either<Problems, Node> => {
  const type = nodeTypeOf(drawn.node_type)
  if (type === undefined) return E.left([{ pointer: '/node_type', problem: 'is not a known node type' }])
  const place = [
    ...placeProblems(type, index),
    ...(drawn.position === undefined || drawn.position === index + 1
      ? []
      : [{ pointer: '/position', problem: `must be ${index + 1}, the place in the list` }]),
  ]
  const config = pipe(type.decode(drawn.config), E.mapLeft(under('/config')))
  const node_id = NodeId.decode(drawn.id ?? newId())
  if (E.isLeft(config) || E.isLeft(node_id) || place.length > 0)
    return E.left([...place, ...(E.isLeft(config) ? config.left : [])])
  return E.right({ node_id: node_id.right, node_type: type.node_type, label: drawn.label, config: config.right })
}

/** Of a node whose other fields are wrong too. */
const configProblems = (drawn: unknown): Problems => {
  if (!t.UnknownRecord.is(drawn) || typeof drawn['node_type'] !== 'string' || !JsonObject.is(drawn['config'])) return []
  const config = nodeTypeOf(drawn['node_type'])?.decode(drawn['config'])
  return config !== undefined && E.isLeft(config) ? under('/config')(config.left) : []
}

const decodeDrawn = (drawn: unknown, index: number, newId: () => string): E.Either<Problems, Node> =>
  pipe(
    DrawnNode.decode(drawn),
    E.mapLeft((errors) => [...problemsOf(errors), ...configProblems(drawn)]),
    E.chain((node) => decodeOne(node, index, newId)),
  )

/** What is left of `left` characters in tags after the texts in `value`, or the pointer of the one that is too much. */
const leftAfter = (value: unknown, left: number): E.Either<string, number> => {
  if (typeof value === 'string') {
    const { tags } = tagsIn(value, left)
    return tags.length > left ? E.left('') : E.right(left - tags.length)
  }
  if (typeof value !== 'object' || value === null) return E.right(left)
  let rest = left
  for (const [name, part] of Object.entries(value)) {
    const after = leftAfter(part, rest)
    if (E.isLeft(after)) return E.left(`${pointerTo([name])}${after.left}`)
    rest = after.right
  }
  return E.right(rest)
}

/**
 * The nodes of a workflow as a user draws them; pointers start at the list. Every fault is told, at most 50. `newId` makes the ids that are
 * absent.
 */
export const decodeNodes = (
  input: unknown,
  newId: () => string = randomUUID,
): E.Either<ReadonlyArray<DecodeProblem>, ReadonlyArray<Node>> => {
  if (!Array.isArray(input)) return E.left([{ pointer: '', problem: 'must be a list of nodes' }])
  if (input.length > mostNodes) return E.left([{ pointer: '', problem: `must have at most ${mostNodes} nodes` }])
  const problems: DecodeProblem[] = []
  const nodes = new Map<NodeId, Node>()
  let leftInTags = mostInTags
  for (const [index, drawn] of input.entries()) {
    if (problems.length >= mostProblems) break
    const after = leftAfter(drawn, leftInTags)
    if (E.isLeft(after)) {
      const pointer = `/${index}${after.left}`
      problems.push({ pointer, problem: `brings the workflow over ${mostInTags} characters in tags` })
      break
    }
    leftInTags = after.right
    const node = pipe(decodeDrawn(drawn, index, newId), E.mapLeft(under(`/${index}`)))
    if (E.isLeft(node)) problems.push(...node.left)
    else if (nodes.has(node.right.node_id))
      problems.push({ pointer: `/${index}/id`, problem: 'is the id of an earlier node' })
    else nodes.set(node.right.node_id, node.right)
  }
  return problems.length > 0 ? E.left(problems.slice(0, mostProblems)) : E.right([...nodes.values()])
}
