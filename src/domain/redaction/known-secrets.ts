import { gone } from './patterns'

const utf8 = new TextEncoder()

/** A text as something reads it, each unit with the place in what was written, [from, to). */
type Reading = { readonly text: string; readonly from: ReadonlyArray<number>; readonly to: ReadonlyArray<number> }

const asWritten = (text: string): Reading => {
  const from = Array.from({ length: text.length }, (_, i) => i)
  return { text, from, to: from.map((i) => i + 1) }
}

type Read = (written: Reading) => Reading

const reading =
  (pattern: RegExp, read: (match: string) => string): Read =>
  (written) => {
    const from: number[] = []
    const to: number[] = []
    const parts: string[] = []
    let at = 0
    const copyTo = (end: number) => {
      parts.push(written.text.slice(at, end))
      for (; at < end; at += 1) {
        from.push(written.from[at] ?? 0)
        to.push(written.to[at] ?? 0)
      }
    }
    for (const { 0: match, index } of written.text.matchAll(pattern)) {
      copyTo(index)
      const said = read(match)
      parts.push(said)
      at = index + match.length
      for (let i = 0; i < said.length; i += 1) {
        from.push(written.from[index] ?? 0)
        to.push(written.to[at - 1] ?? 0)
      }
    }
    copyTo(written.text.length)
    return { text: parts.join(''), from, to }
  }

const bytesOf = (digits: string): Uint8Array =>
  Uint8Array.from(digits.match(/[0-9a-f]{2}/gi) ?? [], (byte) => parseInt(byte, 16))

const letters: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' }

const inUrl = reading(/(?:%[0-9a-f]{2})+/gi, (match) => new TextDecoder().decode(bytesOf(match)))
const inForm = reading(/\+/g, () => ' ')
const inJson = reading(/\\(?:u[0-9a-f]{4}|[^u])/gi, (match) =>
  match[1] === 'u' ? String.fromCharCode(parseInt(match.slice(2), 16)) : (letters[match[1] ?? ''] ?? match.slice(1)),
)
const inBase64 = reading(/[-_]/g, (match) => (match === '-' ? '+' : '/'))
const inHex = reading(/[A-F]/g, (match) => match.toLowerCase())

const then =
  (...reads: ReadonlyArray<Read>): Read =>
  (written) =>
    reads.reduce((text, read) => read(text), written)

const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes)).replace(/=+$/, '')

/** What base64 makes of bytes wherever they begin in what was encoded: the digits that depend on nothing before or after them. */
const base64Within = (bytes: Uint8Array): ReadonlyArray<string> =>
  [0, 1, 2]
    .map((before) =>
      base64(Uint8Array.from([...new Uint8Array(before), ...bytes])).slice(
        Math.ceil((8 * before) / 6),
        Math.floor((8 * (before + bytes.length)) / 6),
      ),
    )
    .filter((digits) => digits.length >= 4)

const hexOf = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')

const shortestInHex = 3

const quoted = (text: string): string => JSON.stringify(text).slice(1, -1)

const inAscii = (text: string): string =>
  text.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** As it is written where nothing else is: what stands before it may belong to it for whoever reads. */
const formsOf = (secret: string): ReadonlyArray<string> => {
  const url = encodeURIComponent(secret.replaceAll(/\p{Surrogate}/gu, '\uFFFD'))
  const urls = [url, url.replace(/%../g, (byte) => byte.toLowerCase())]
  const json = quoted(secret)
  const form = url.replace(/[!'()~]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
  const misread = String.fromCharCode(...utf8.encode(secret))
  return [
    secret,
    misread,
    ...urls,
    ...[...urls, form].map((each) => each.replaceAll('%20', '+')),
    json,
    inAscii(json),
    quoted(json),
  ]
}

/** How a secret may stand in a text: read so, it is one of these. */
const waysOf = (secret: string): ReadonlyArray<readonly [Read, ReadonlyArray<string>]> => {
  const bytes = utf8.encode(secret)
  const plain = [secret]
  const digits = [base64(bytes), ...base64Within(bytes)]
  const hex = bytes.length < shortestInHex ? [] : [hexOf(bytes)]
  return [
    [then(), formsOf(secret)],
    [inUrl, plain],
    [then(inForm, inUrl), plain],
    [inJson, plain],
    [then(inJson, inJson), plain],
    [then(inJson, inUrl), plain],
    [inBase64, digits],
    [then(inUrl, inBase64), digits],
    [then(inJson, inBase64), digits],
    [inHex, hex],
  ]
}

type Place = readonly [from: number, to: number]

const placesOf = ({ text, from, to }: Reading, sought: string): ReadonlyArray<Place> => {
  const places: Place[] = []
  for (let at = text.indexOf(sought); at >= 0; at = text.indexOf(sought, at + sought.length))
    places.push([from[at] ?? 0, to[at + sought.length - 1] ?? 0])
  return places
}

const without = (text: string, places: ReadonlyArray<Place>): string => {
  let rest = ''
  let at = 0
  for (const [from, to] of [...places].sort(([a], [b]) => a - b)) {
    if (from >= at) rest += text.slice(at, from) + gone
    at = Math.max(at, to)
  }
  return rest + text.slice(at)
}

const timesAtMost = 3

/** Without a secret that is known, however it was encoded. What is left may happen to make it again: then nothing is left. */
export const withoutSecret = (text: string, secret: string): string => {
  const ways = waysOf(secret)
  const placesIn = (said: string) => {
    const written = asWritten(said)
    return ways.flatMap(([read, forms]) => {
      const reading = read(written)
      return forms.flatMap((form) => placesOf(reading, form))
    })
  }
  let rest = text
  for (let times = 0; times < timesAtMost; times += 1) {
    const places = placesIn(rest)
    if (places.length === 0) return rest
    rest = without(rest, places)
  }
  return placesIn(rest).length === 0 ? rest : gone
}
