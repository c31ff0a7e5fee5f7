const asciiOnly = (name: string): string => name.replace(/[^\x20-\x7e]/g, '_').replace(/["\\]/g, '_')

// attr-char of RFC 5987 leaves out what encodeURIComponent lets stand
const extended = (name: string): string =>
  encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)

/** `Content-Disposition` for a download under this name, in any script. RFC 6266, RFC 5987. */
export const attachment = (name: string): string => {
  const ascii = asciiOnly(name)
  const plain = `attachment; filename="${ascii}"`
  return ascii === name ? plain : `${plain}; filename*=UTF-8''${extended(name)}`
}
