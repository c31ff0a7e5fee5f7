import type { JsonObject } from '../../src/domain/json'

/** Ends by itself when its time is over. */
export const endless =
  '{% for a in (1..9999) %}{% for b in (1..9999) %}{% for c in (1..99) %}.{% endfor %}{% endfor %}{% endfor %}'

/** Takes seconds in one place, where nothing looks at the time. */
export const hanging = `{{ trigger.words${' | sort_natural | reverse'.repeat(30)} | size }}`

/** What `hanging` sorts; nearly 1 MiB. */
export const manyWords: JsonObject = {
  words: Array.from({ length: 150_000 }, (_, i) => ((i * 7_919) % 150_000).toString(36)),
}

/** A loop that ends, and takes some milliseconds. */
export const slow = '{% for a in (1..3000) %}{{ a | plus: 1 | divided_by: 7 }}{% endfor %}'

/** An object of so many names, nearly 1 MiB of JSON at 100,000. */
export const manyNames = (count: number): JsonObject =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i.toString(36)}`, i % 10]))
