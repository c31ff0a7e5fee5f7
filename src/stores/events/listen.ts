/** `on` of a Node stream, for some of its events. */
export type Listen<Name extends string, Args extends ReadonlyArray<unknown>> = (
  event: Name,
  listener: (...args: Args) => void,
) => unknown
