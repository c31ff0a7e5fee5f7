const longest = 120
// most file systems take 255
const longestInBytes = 200
const ending = '.docx'
const otherwise = 'document'

// separators, what Windows forbids, controls, invisible and direction-changing characters
const unsafe = /[\\/:*?"<>|\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu
const reserved = /^(?:con|prn|aux|nul|com\d|lpt\d)$/i

const shortened = (text: string): string =>
  Buffer.from(text.slice(0, longest - ending.length).replace(/\p{Surrogate}$/u, ''))
    .subarray(0, longestInBytes)
    .toString()
    .replace(/\ufffd+$/, '')

/** A .docx name for any file system: one segment, at most 120 characters, nothing invisible. */
export const safeFileName = (wanted: string): string => {
  const base = wanted
    .normalize('NFC')
    .replace(/\.docx\s*$/i, '')
    .replace(unsafe, '-')
    .replace(/\s+/g, ' ')
    .replace(/^[\s.-]+/, '')
  const short = shortened(base).replace(/[\s.]+$/, '')
  return `${short === '' || reserved.test(short) ? otherwise : short}${ending}`
}
