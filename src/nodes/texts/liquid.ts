import { recentlyUsed } from '../../domain/recently-used'
import { Liquid } from 'liquidjs'

const allowedTags = ['#', 'assign', 'break', 'capture', 'case', 'comment', 'continue', 'for', 'if', 'unless']

// raw goes around escaping, sample is random, the others evaluate text as expressions
const refusedFilters = /^(?:raw|sample|.*_exp|date_to_\w+|(?:hmac_)?sha256|base64_\w+)$/

const limits = { parseLimit: 200_000, memoryLimit: 5_000_000 }

type DateFilter = (this: unknown, value: unknown, ...rest: ReadonlyArray<unknown>) => unknown

/** A step must give the same again: no filter may read the clock. */
const withoutNow = (liquid: Liquid) => {
  const original = liquid.filters['date'] as DateFilter
  liquid.registerFilter('date', function (this: unknown, value: unknown, ...rest: ReadonlyArray<unknown>) {
    if (typeof value === 'string' && /^\s*(?:now|today)\s*$/i.test(value))
      throw new Error('the current date is not available')
    return original.call(this, value, ...rest)
  })
}

/** A template engine without files, clock, chance and prototypes; `print` turns each output into text. */
export const sealedLiquid = (print: (value: unknown) => string): Liquid => {
  const liquid = new Liquid({
    ownPropertyOnly: true,
    strictVariables: true,
    strictFilters: true,
    lenientIf: true,
    outputEscape: print,
    templates: {},
    timezoneOffset: 'America/Sao_Paulo',
    locale: 'pt-BR',
    ...limits,
  })
  for (const name of Object.keys(liquid.tags))
    if (!allowedTags.includes(name)) Reflect.deleteProperty(liquid.tags, name)
  for (const name of Object.keys(liquid.filters))
    if (refusedFilters.test(name)) Reflect.deleteProperty(liquid.filters, name)
  withoutNow(liquid)
  return liquid
}

const longestKept = 10_000

/** A pure function of a text that keeps its results for the `most` texts asked for last. Texts over 10,000 characters are not kept. */
export const remembered = <A>(most: number, work: (text: string) => A): ((text: string) => A) => {
  const kept = recentlyUsed<string, A>(most, () => 1)
  return (text) => {
    const known = kept.get(text)
    if (known !== undefined) return known
    const result = work(text)
    if (text.length <= longestKept) kept.keep(text, result)
    return result
  }
}
