import { type AnyConnectionType, anyConnectionType } from './any-connection-type'
import { hubSpot } from './hubspot'
import { smtp } from './smtp'
import { storage } from './storage'

export const connectionTypes: ReadonlyArray<AnyConnectionType> = [
  anyConnectionType(smtp),
  anyConnectionType(storage),
  anyConnectionType(hubSpot),
]

export const connectionTypeOf = (type: string): AnyConnectionType | undefined =>
  connectionTypes.find((known) => known.type === type)
