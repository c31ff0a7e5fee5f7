import type { Product } from '../test/support/product'

export type Bench = {
  readonly product: Product
  /** Of a usual count of repeats, as many as were asked for. */
  readonly repeats: (usual: number) => number
  readonly print: (...lines: ReadonlyArray<string>) => void
}

/** Measures, and prints lines of the table as they become known. */
export type Part = (bench: Bench) => Promise<void>
