import { invalidArgument } from './errors'
import { endOfStream, type Expected } from './model'

/** The arms that all write requests have in common. */
export interface ExpectationArms {
  readonly hasNoStream: () => boolean
  readonly hasAny: () => boolean
  readonly hasStreamExists: () => boolean
}

export const expectedOf = (arms: ExpectationArms, revision: string | undefined): Expected => {
  if (arms.hasNoStream()) return 'no_stream'
  if (arms.hasAny()) return 'any'
  if (arms.hasStreamExists()) return 'exists'
  if (revision === undefined) throw invalidArgument('A write needs an expected revision.')
  const expected = BigInt(revision)
  return expected > endOfStream ? endOfStream : expected
}
