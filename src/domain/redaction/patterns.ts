/** What stands where a secret was. */
export const gone = '***'

const secretNames = [
  'authorization',
  'cookie',
  'password',
  'passwd',
  'passphrase',
  'secret',
  'token',
  'api_?key',
  'access_?key(?:_?id)?',
  'private_?key',
  'credentials?',
  'signature',
  'x_amz_[a-z-]+',
]
const name = secretNames.map((each) => each.replaceAll('_', '[_-]')).join('|')

/** What is a secret by its form or by where it stands, whoever's it is. Each leaves JSON what it was. */
export const patterns: ReadonlyArray<readonly [RegExp, string]> = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[^"]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, gone],
  [new RegExp(`("[\\w.-]*(?:${name})"\\s*:\\s*)"(?:[^"\\\\]|\\\\.)*"`, 'gi'), `$1"${gone}"`],
  [/(\b(?:proxy-)?authorization\\*["']?\s*[:=]\s*\\*["']?)[^\s"'\\*][^"'\\\r\n]*/gi, `$1${gone}`],
  [/(\b(?:set-)?cookie\s*:\s*)[^\s"'\\*][^"'\\\r\n]*/gi, `$1${gone}`],
  [/\b(bearer|basic|digest|negotiate)(\s+)[\w.~+/=-]{16,}/gi, `$1$2${gone}`],
  [new RegExp(`((?<!\\\\)\\\\+"[\\w.-]*(?:${name})\\\\+"\\s*:\\s*\\\\+")[^"\\\\]+`, 'gi'), `$1${gone}`],
  [new RegExp(`(\\b[\\w.-]*(?:${name})\\s*[:=]\\s*\\\\*["']?)[^\\s"'\\\\&,;)}\\]]+`, 'gi'), `$1${gone}`],
  [/([?&](?:sig|key|code|auth|pwd|pass)=)[^\s"'\\&#]+/gi, `$1${gone}`],
  [/(:\/\/)[^\s/?#"'\\<>]+@/g, `$1${gone}@`],
  // the token of a webhook or of a review stands in its address and opens it
  [/(\/(?:webhooks|review|sign)\/[^/\s"'\\?#]*\/)[^/\s"'\\?#]+/gi, `$1${gone}`],
  // what is as long as a token is taken for one wherever it stands in a path
  [/(\/)[\w-]{43,}(?![\w-])/g, `$1${gone}`],
  [/\b(?:docg|whsec|whsk)_[\w+/=-]{16,}/g, gone],
  [/\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?/g, gone],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, gone],
]
