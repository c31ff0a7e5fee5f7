import type { Spread } from './spread'

/** A line of the table: what, up to two figures, and aims with whether they are met. */
export const row = (what: string, figures: ReadonlyArray<string>, ...aims: ReadonlyArray<string>): string =>
  [what.padEnd(60), ...[0, 1].map((i) => (figures[i] ?? '').padStart(12)), ...aims.map((each) => `   ${each}`)]
    .join('')
    .trimEnd()

export const ms = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`

export const spreadOf = ({ p50, p99 }: Spread): ReadonlyArray<string> => [ms(p50), ms(p99)]
