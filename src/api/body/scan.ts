import type { InputProblem } from '../error'

export const deepest = 64
const mostProblems = 50

const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*|[{}[\],:]|true|false|null/g
const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype'])

type Frame = { readonly kind: 'object' | 'list'; key: string; index: number; readonly keys: Set<string> }

const escaped = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1')

const pointerOf = (frames: ReadonlyArray<Frame>): string =>
  frames.map(({ kind, key, index }) => `/${kind === 'object' ? escaped(key) : index}`).join('')

const whyNotText = (text: string): string | undefined =>
  text.includes('\0')
    ? 'holds the NUL character'
    : /\p{Surrogate}/u.test(text)
      ? 'holds half a surrogate pair'
      : undefined

const whyNotKey = (key: string, keys: ReadonlySet<string>): string | undefined =>
  forbiddenKeys.has(key) ? 'is not an allowed name' : keys.has(key) ? 'is given twice' : whyNotText(key)

const whyNotNumber = (token: string): string | undefined =>
  Math.abs(Number(token)) > Number.MAX_SAFE_INTEGER ? 'is a number beyond 2^53; send it as text' : undefined

const textOfToken = (token: string): string =>
  token.includes('\\') ? (JSON.parse(token) as string) : token.slice(1, -1)

/**
 * What well-formed JSON text holds that would be lost, changed or dangerous once parsed: read from the text itself, because a parsed number
 * is already rounded and a repeated name already gone.
 */
export const scan = (json: string): ReadonlyArray<InputProblem> => {
  const problems: InputProblem[] = []
  const frames: Frame[] = []
  let awaitsKey = false
  const report = (problem: string | undefined) => {
    if (problem !== undefined) problems.push({ pointer: pointerOf(frames), problem })
  }
  const open = (kind: Frame['kind']) => {
    frames.push({ kind, key: '', index: 0, keys: new Set() })
    awaitsKey = kind === 'object'
  }
  const next = (top: Frame | undefined) => {
    if (top === undefined) return
    top.index += 1
    awaitsKey = top.kind === 'object'
  }
  const readString = (text: string, top: Frame | undefined) => {
    if (!awaitsKey || top === undefined) {
      report(whyNotText(text))
      return
    }
    awaitsKey = false
    top.key = text
    report(whyNotKey(text, top.keys))
    top.keys.add(text)
  }
  for (const [token] of json.matchAll(tokens)) {
    const top = frames.at(-1)
    if (token === '{' || token === '[') open(token === '{' ? 'object' : 'list')
    else if (token === '}' || token === ']') frames.pop()
    else if (token === ',') next(top)
    else if (token.startsWith('"')) readString(textOfToken(token), top)
    else if (token !== ':') report(whyNotNumber(token))
    if (token === '}' || token === ']') awaitsKey = false
    if (frames.length > deepest) return [...problems, { pointer: '', problem: `is nested deeper than ${deepest}` }]
    if (problems.length >= mostProblems) return problems
  }
  return problems
}
