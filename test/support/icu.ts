import { IntlMessageFormat } from 'intl-messageformat'

type Element = {
  readonly type: number
  readonly value?: unknown
  readonly options?: Readonly<Record<string, { readonly value: ReadonlyArray<Element> }>>
  readonly children?: ReadonlyArray<Element>
}

// of @formatjs/icu-messageformat-parser: literal text, a number, a plural, the # in it
const kinds = { literal: 0, number: 2, plural: 6, pound: 7 }

const argumentsIn = (elements: ReadonlyArray<Element>): ReadonlyArray<readonly [name: string, type: number]> =>
  elements.flatMap(({ type, value, options = {}, children = [] }) => [
    ...(type === kinds.literal || type === kinds.pound ? [] : [[String(value), type] as const]),
    ...Object.values(options).flatMap((option) => argumentsIn(option.value)),
    ...argumentsIn(children),
  ])

const argumentsWithTypes = (pattern: string, locale: string) =>
  argumentsIn(new IntlMessageFormat(pattern, locale).getAst())

/** The parameters that a pattern needs, in order of the alphabet. */
export const argumentsOf = (pattern: string, locale: string): ReadonlyArray<string> =>
  [...new Set(argumentsWithTypes(pattern, locale).map(([name]) => name))].sort()

/** A value for each parameter of a pattern. */
export const exampleOf = (pattern: string, locale: string): Readonly<Record<string, string | number>> =>
  Object.fromEntries(
    argumentsWithTypes(pattern, locale).map(([name, type]) => [
      name,
      type === kinds.plural || type === kinds.number ? 2 : `<${name}>`,
    ]),
  )
