import * as t from 'io-ts'
import { NodeId } from '../ids'
import { JsonObject } from '../json'

/** A node as drawn: its place in the list is its position, from 1. `config` is checked by the node type's own codec before it gets here; a draft's may lack what is required. */
export const Node = t.readonly(
  t.type({ node_id: NodeId, node_type: t.string, label: t.string, config: JsonObject }),
  'Node',
)
export type Node = t.TypeOf<typeof Node>
