import type * as TE from 'fp-ts/TaskEither'

export type BlobNotFound = { readonly _tag: 'BlobNotFound'; readonly sha256: string }
export type BlobStoreUnavailable = { readonly _tag: 'BlobStoreUnavailable'; readonly reason: string }

/** Files by content: the key is the SHA-256 of the bytes in hex, so a file is written once and a repeat changes nothing. */
export interface BlobStore {
  readonly put: (
    bytes: Uint8Array,
  ) => TE.TaskEither<BlobStoreUnavailable, { readonly sha256: string; readonly size: number }>
  /** The bytes, checked against the key. */
  readonly get: (sha256: string) => TE.TaskEither<BlobNotFound | BlobStoreUnavailable, Uint8Array>
  /** One that is not there is removed already. */
  readonly remove: (sha256: string) => TE.TaskEither<BlobStoreUnavailable, void>
}
