export type Backoff = { readonly firstMs: number; readonly maxMs: number }

/**
 * Milliseconds to wait after so many failures in a row. The full delay doubles with every failure up to `maxMs`; between half of it and all of
 * it is waited, so that many waiters spread out. `random` is from 0 to 1.
 */
export const delayAfter = ({ firstMs, maxMs }: Backoff, failures: number, random: number): number =>
  Math.min(maxMs, firstMs * 2 ** Math.min(failures - 1, 30)) * (0.5 + random / 2)
