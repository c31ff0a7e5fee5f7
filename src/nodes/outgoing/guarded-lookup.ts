import { type LookupFunction } from 'node:net'
import { allowedAddresses } from './address'
import type { OutgoingPolicy } from './policy'

/** For sockets: a name resolves to addresses that the policy allows, and to these the socket connects. Numeric hosts do not come here. */
export const guardedLookup =
  (policy: OutgoingPolicy): LookupFunction =>
  (host, options, done) => {
    allowedAddresses(host, policy).then(
      (addresses) => {
        const all = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
        const [first] = all
        if (options.all === true) done(null, all)
        else if (first !== undefined) done(null, first.address, first.family)
        else done(new Error(`${host} has no address`), '')
      },
      (error: unknown) => {
        done(error instanceof Error ? error : new Error('lookup failed'), '')
      },
    )
  }
