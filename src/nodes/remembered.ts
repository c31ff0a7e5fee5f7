const longest = 10_000

/** A pure function of a text that keeps its results for the `most` texts asked for last. Texts over 10,000 characters are not kept. */
export const remembered = <A>(most: number, work: (text: string) => A): ((text: string) => A) => {
  const kept = new Map<string, A>()
  return (text) => {
    const known = kept.get(text)
    const result = known ?? work(text)
    if (text.length > longest) return result
    kept.delete(text)
    kept.set(text, result)
    const [oldest] = kept.keys()
    if (kept.size > most && oldest !== undefined) kept.delete(oldest)
    return result
  }
}
