import { type AnyConnectionType, anyConnectionType } from './any-connection-type'
import { smtp } from './smtp'
import { storage } from './storage'

export const connectionTypes: ReadonlyArray<AnyConnectionType> = [anyConnectionType(smtp), anyConnectionType(storage)]

export const connectionTypeOf = (type: string): AnyConnectionType | undefined =>
  connectionTypes.find((known) => known.type === type)
