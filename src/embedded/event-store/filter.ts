import { invalidArgument } from './errors'
import { type EventRecord } from './model'

export interface FilterSpec {
  readonly on: 'stream' | 'type'
  readonly regex: string
  readonly prefixes: ReadonlyArray<string>
}

export type EventFilter = (event: Pick<EventRecord, 'stream' | 'type'>) => boolean

const compile = (regex: string, flags: string): RegExp | undefined => {
  try {
    return new RegExp(regex, flags)
  } catch {
    return undefined
  }
}

/** An expression searches, unanchored, and wins over prefixes. Some are only valid outside of unicode mode. */
const expression = (regex: string): RegExp => {
  const compiled = compile(regex, 'u') ?? compile(regex, '')
  if (compiled === undefined) throw invalidArgument(`The filter is not a regular expression: ${regex}`)
  return compiled
}

export const eventFilter = ({ on, regex, prefixes }: FilterSpec): EventFilter => {
  if (regex === '') return (event) => prefixes.some((prefix) => event[on].startsWith(prefix))
  const compiled = expression(regex)
  return (event) => compiled.test(event[on])
}
