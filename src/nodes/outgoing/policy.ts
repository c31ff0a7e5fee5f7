/** Where the product may connect to on behalf of its users. */
export type OutgoingPolicy = {
  /** For development: also loopback, private and link-local addresses. */
  readonly allowPrivateAddresses: boolean
  /** `file:` destinations must lie under this folder; undefined: anywhere, for development. */
  readonly fileRoot: string | undefined
}
