import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import * as ipaddr from 'ipaddr.js'
import type { OutgoingPolicy } from './policy'

/** The user's connection leads to where the product may not go. */
export type AddressNotAllowed = Error & { readonly _tag: 'AddressNotAllowed' }

export const addressNotAllowed = (message: string): AddressNotAllowed =>
  Object.assign(new Error(message), { _tag: 'AddressNotAllowed' as const })

export const isAddressNotAllowed = (error: unknown): error is AddressNotAllowed =>
  error instanceof Error && '_tag' in error && error._tag === 'AddressNotAllowed'

const rangeOf = (address: string): string => ipaddr.process(address).range()

export const isLoopback = (address: string): boolean => rangeOf(address) === 'loopback'

export const isPublic = (address: string): boolean => rangeOf(address) === 'unicast'

/** The addresses of a host, all of which this policy allows; rejects with AddressNotAllowed when one is not. */
export const allowedAddresses = async (host: string, policy: OutgoingPolicy): Promise<ReadonlyArray<string>> => {
  const bare = host.replace(/^\[|\]$/g, '')
  const addresses =
    isIP(bare) > 0 ? [bare] : (await lookup(bare, { all: true, order: 'ipv4first' })).map(({ address }) => address)
  const refused = policy.allowPrivateAddresses ? undefined : addresses.find((address) => !isPublic(address))
  if (refused !== undefined) throw addressNotAllowed(`${host} is at ${refused}, which is not a public address`)
  return addresses
}

/** One address to connect to: checking a name and connecting to what it then resolves to would be two lookups. */
export const pinnedAddress = async (host: string, policy: OutgoingPolicy): Promise<string> => {
  const [address] = await allowedAddresses(host, policy)
  if (address === undefined) throw new Error(`${host} has no address`)
  return address
}
