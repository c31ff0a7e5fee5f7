/** Fields of objects and items of lists, in one body as in the data that a run is begun with: their number costs more than their bytes. */
export const mostValues = 20_000

const [quote, comma, openList, backslash, closeList, openObject, closeObject, space] = [
  0x22, 0x2c, 0x5b, 0x5c, 0x5d, 0x7b, 0x7d, 0x20,
]

const endOfString = (json: Uint8Array, from: number): number => {
  let at = from + 1
  while (at < json.length && json[at] !== quote) at += json[at] === backslash ? 2 : 1
  return at + 1
}

/** Whether JSON in UTF-8 has more than `most` values, told before it is parsed. Of bytes that are no JSON it may say either. */
export const holdsMoreValues = (json: Uint8Array, most: number): boolean => {
  let count = 0
  let isOpened = false
  for (let at = 0; at < json.length && count <= most;) {
    const byte = json[at] ?? space
    if (byte === comma || (isOpened && byte > space && byte !== closeList && byte !== closeObject)) count += 1
    if (byte > space) isOpened = byte === openList || byte === openObject
    at = byte === quote ? endOfString(json, at) : at + 1
  }
  return count > most
}
