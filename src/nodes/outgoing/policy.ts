/** Where the product may connect to on behalf of its users. */
export type OutgoingPolicy = {
  /** For development: also loopback, private and link-local addresses. */
  readonly allowPrivateAddresses: boolean
  /** `file:` destinations lie under this folder, each organization in its own; undefined: anywhere in development, else nowhere. */
  readonly fileRoot: string | undefined
}
