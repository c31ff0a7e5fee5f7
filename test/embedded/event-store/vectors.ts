import { type StreamMetadata } from '@eventstore/db-client'
import data from './vectors.json'

/** `any`, `no_stream`, `stream_exists` or a revision. */
export type Expected = string | number

export interface VectorEvent {
  readonly id: string
  readonly type: string
  readonly json: boolean
  readonly data: unknown
  readonly metadata?: unknown
}

/** A place in $all: the position that an append of the vector returned. */
export type Anchor = 'first' | 'middle' | 'last' | 'end'

export interface VectorFilter {
  readonly on: 'stream' | 'type'
  readonly prefixes?: string[]
  readonly regex?: string
}

/** `unary` asks for Append instead of BatchAppend. */
export type Operation =
  | {
      readonly op: 'append'
      readonly stream: string
      readonly expected: Expected
      readonly events: ReadonlyArray<VectorEvent>
      readonly unary: boolean
    }
  | {
      readonly op: 'read'
      readonly stream: string
      readonly direction: 'forwards' | 'backwards'
      readonly from: Expected
      readonly max: number
    }
  | { readonly op: 'meta'; readonly stream: string; readonly metadata: StreamMetadata; readonly expected: Expected }
  | { readonly op: 'getmeta'; readonly stream: string }
  | { readonly op: 'delete'; readonly stream: string; readonly expected: Expected }
  | { readonly op: 'tombstone'; readonly stream: string; readonly expected: Expected }
  | { readonly op: 'sub'; readonly stream: string; readonly from: Expected }
  | { readonly op: 'suball'; readonly filter: VectorFilter; readonly from: Anchor }
  | {
      readonly op: 'readall'
      readonly direction: 'forwards' | 'backwards'
      readonly from: Anchor
      readonly max: number
    }

/** What a server did, as plain JSON. */
export type Answer = Readonly<Record<string, unknown>>

export interface Vector {
  readonly seed: number
  readonly prefix: string
  readonly ops: ReadonlyArray<Operation>
  readonly results: ReadonlyArray<Answer>
}

/** Sequences of operations with what EventStoreDB 23.10.5 answered to them through the official client. */
export const vectors = data as unknown as ReadonlyArray<Vector>
