import { gone } from './patterns'

const words = /[\p{L}\p{N}]+/gu
const runOfWords = 3
const readAtMost = 65_536

/** Without what is quoted from a letter, three words or more in a row: servers answer with parts of what they refuse. */
export const withoutQuotes = (text: string, letter: string): string => {
  const said = letter.slice(0, readAtMost).toLowerCase().match(words) ?? []
  const runs = new Set(said.map((_, i) => said.slice(i, i + runOfWords).join(' ')))
  const found = [...text.matchAll(words)]
  const quoted = found.map(() => false)
  found.forEach((_, i) => {
    const run = found.slice(i, i + runOfWords)
    if (run.length === runOfWords && runs.has(run.map(([word]) => word.toLowerCase()).join(' ')))
      run.forEach((_, j) => (quoted[i + j] = true))
  })
  let rest = ''
  let at = 0
  found.forEach(({ index, 0: word }, i) => {
    if (quoted[i] !== true) return
    if (quoted[i - 1] !== true) rest += text.slice(at, index) + gone
    at = index + word.length
  })
  return rest + text.slice(at)
}
