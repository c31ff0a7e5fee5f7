/** Waits until `holds` gives true, looking every few milliseconds; rejects after `ms`. */
export const until = async (
  holds: () => boolean | Promise<boolean>,
  ms = 15_000,
  what?: () => string,
): Promise<void> => {
  const end = performance.now() + ms
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`not so within ${ms} ms: ${what?.() ?? holds.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
