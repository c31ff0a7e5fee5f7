import type { GeneratedDocument } from '../../domain/execution/receipts'

export type File = {
  readonly folder: ReadonlyArray<string>
  readonly name: string
  readonly contentType: GeneratedDocument['content_type']
  readonly sha256: string
  readonly bytes: Uint8Array
}

/** Where a connection leads. Writing the same file again changes nothing; another file is never overwritten. */
export type Target = {
  /** Resolves to where the file is, as a URL. */
  readonly write: (file: File) => Promise<string>
  /** Rejects when nothing could be written there; leaves nothing. */
  readonly probe: (signal: AbortSignal) => Promise<void>
}
