import { pipe } from 'fp-ts/function'
import * as RNEA from 'fp-ts/ReadonlyNonEmptyArray'
import { messages, isCode } from '.'
import type { Action } from './entry'
import type { Params } from './text'

type Found = {
  readonly code: string
  readonly params: Params
  readonly node_id: string | null
  readonly pointers?: ReadonlyArray<string> | undefined
}

/** What to do about something that was found. `issue_code` is the first of `issue_codes`; the rest are the values of their parameters, each once. */
export type Advice = {
  readonly action: Action
  readonly target_node_id: string | null
  readonly params: { readonly issue_code: string; readonly issue_codes: ReadonlyArray<string> } & Readonly<
    Record<string, unknown>
  >
}

const mostValues = 50

const distinct = <A>(values: ReadonlyArray<A>): ReadonlyArray<A> => [...new Set(values)].slice(0, mostValues)

const paramsOf = (first: Found, found: ReadonlyArray<Found>): Advice['params'] => {
  const names = distinct(found.flatMap(({ params }) => Object.keys(params)))
  const values = names.map((name) => [name, distinct(found.flatMap(({ params }) => params[name] ?? []))])
  const pointers = distinct(found.flatMap((one) => one.pointers ?? []))
  return {
    ...(Object.fromEntries(values) as Readonly<Record<string, unknown>>),
    ...(pointers.length === 0 ? {} : { pointers }),
    issue_code: first.code,
    issue_codes: distinct(found.map(({ code }) => code)),
  }
}

const actionOf = (code: string): Action => (isCode(code) ? messages[code].action : 'retry')

/** One for each action and node. Of a code that this version does not know: to try again. */
export const adviceOn = (found: ReadonlyArray<Found>): ReadonlyArray<Advice> =>
  Object.values(
    pipe(
      found,
      RNEA.groupBy(({ code, node_id }) => `${actionOf(code)} ${node_id ?? ''}`),
    ),
  ).map((group) => ({
    action: actionOf(group[0].code),
    target_node_id: group[0].node_id,
    params: paramsOf(group[0], group),
  }))
