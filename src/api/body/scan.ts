import type * as T from 'fp-ts/Task'
import { mostProblems, pointerTo } from '../../domain/decode-problems'
import type { InputProblem } from '../error'
import { othersTurn } from './others-turn'

export const deepest = 64

const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype'])

type Frame = { readonly kind: 'object' | 'list'; key: string; index: number; keys: Set<string> | undefined }

const pointerOf = (frames: ReadonlyArray<Frame>): string =>
  pointerTo(frames.map(({ kind, key, index }) => (kind === 'object' ? key : String(index))))

const whyNotText = (text: string): string | undefined =>
  text.includes('\0')
    ? 'holds the NUL character'
    : /\p{Surrogate}/u.test(text)
      ? 'holds half a surrogate pair'
      : undefined

const whyNotKey = (key: string, keys: ReadonlySet<string> | undefined): string | undefined =>
  forbiddenKeys.has(key) ? 'is not an allowed name' : keys?.has(key) === true ? 'is given twice' : undefined

/** A number of fewer characters, with an exponent or without, is below 2^53. */
const shortestLarge = 4

const whyNotNumber = (token: string): string | undefined =>
  Math.abs(Number(token)) > Number.MAX_SAFE_INTEGER ? 'is a number beyond 2^53; send it as text' : undefined

const [quote, backslash, comma, closeList, closeObject, space] = [0x22, 0x5c, 0x2c, 0x5d, 0x7d, 0x20]

const endOfString = (json: string, from: number): number => {
  let at = from + 1
  for (let code = json.charCodeAt(at); at < json.length && code !== quote; code = json.charCodeAt(at))
    at += code === backslash ? 2 : 1
  return at + 1
}

const endOfNumber = (json: string, from: number): number => {
  let at = from + 1
  for (let code = json.charCodeAt(at); at < json.length; code = json.charCodeAt(at)) {
    if (code <= space || code === comma || code === closeList || code === closeObject) break
    at += 1
  }
  return at
}

const textOfToken = (token: string): string =>
  token.includes('\\') ? (JSON.parse(token) as string) : token.slice(1, -1)

/** Bytes that were UTF-8 hold neither NUL nor half a surrogate pair in a string of JSON, unless an escape stands for it. */
const maySpoil = (token: string): boolean => token.includes('\\u') && /\\u(?:0000|d)/i.test(token)

const whyNotToken = (token: string): string | undefined =>
  maySpoil(token) ? whyNotText(textOfToken(token)) : undefined

/** Reads on as far as `upTo`; the problems when the end is reached, or enough is found. */
type Scanner = (upTo: number) => ReadonlyArray<InputProblem> | undefined

const scanner = (json: string): Scanner => {
  const problems: InputProblem[] = []
  const frames: Frame[] = []
  let at = 0
  let awaitsKey = false
  const report = (problem: string | undefined) => {
    if (problem !== undefined) problems.push({ pointer: pointerOf(frames), problem })
  }
  const open = (kind: Frame['kind']) => {
    frames.push({ kind, key: '', index: 0, keys: undefined })
    awaitsKey = kind === 'object'
  }
  const close = () => {
    frames.pop()
    awaitsKey = false
  }
  const next = (top: Frame | undefined) => {
    if (top === undefined) return
    top.index += 1
    awaitsKey = top.kind === 'object'
  }
  const readKey = (token: string, top: Frame) => {
    awaitsKey = false
    top.key = textOfToken(token)
    report(whyNotKey(top.key, top.keys) ?? whyNotToken(token))
    top.keys = (top.keys ?? new Set()).add(top.key)
  }
  const readString = (token: string, top: Frame | undefined) => {
    if (awaitsKey && top !== undefined) readKey(token, top)
    else report(whyNotToken(token))
  }
  /** Answers where it ends. */
  const readToken = (character: string): number => {
    if (character === '"') {
      const end = endOfString(json, at)
      readString(json.slice(at, end), frames.at(-1))
      return end
    }
    if (character === '-' || (character >= '0' && character <= '9')) {
      const end = endOfNumber(json, at)
      if (end - at >= shortestLarge) report(whyNotNumber(json.slice(at, end)))
      return end
    }
    if (character === ',') next(frames.at(-1))
    else if (character === '{') open('object')
    else if (character === '[') open('list')
    else if (character === '}' || character === ']') close()
    return at + 1
  }
  return (upTo) => {
    while (at < json.length) {
      if (at >= upTo) return undefined
      at = readToken(json.charAt(at))
      if (frames.length > deepest) return [...problems, { pointer: '', problem: `is nested deeper than ${deepest}` }]
      if (problems.length >= mostProblems) return problems
    }
    return problems
  }
}

/** Characters that are read at one go. */
const slice = 131_072

/**
 * What well-formed JSON text holds that would be lost, changed or dangerous once parsed: read from the text itself, because a parsed number
 * is already rounded and a repeated name already gone. Others get their turn between two slices of a long text.
 */
export const scan =
  (json: string): T.Task<ReadonlyArray<InputProblem>> =>
  async () => {
    const read = scanner(json)
    for (let upTo = slice; ; upTo += slice) {
      const problems = read(upTo)
      if (problems !== undefined) return problems
      await othersTurn()
    }
  }
