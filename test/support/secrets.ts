import fc from 'fast-check'

/** As servers and libraries say again what they were told. */
export const encodings: Readonly<Record<string, (secret: string) => string>> = {
  'as it is': (secret) => secret,
  'in bytes read as Latin 1': (secret) => Buffer.from(secret).toString('latin1'),
  'in base64': (secret) => Buffer.from(secret).toString('base64'),
  'in base64url': (secret) => Buffer.from(secret).toString('base64url'),
  'in a URL': (secret) => encodeURIComponent(secret),
  'in a URL, with small digits': (secret) => encodeURIComponent(secret).replace(/%../g, (byte) => byte.toLowerCase()),
  'in a form': (secret) => new URLSearchParams([['', secret]]).toString().slice(1),
  'in JSON': (secret) => JSON.stringify(secret).slice(1, -1),
  'in ASCII JSON': (secret) =>
    JSON.stringify(secret)
      .slice(1, -1)
      .replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  'in JSON in JSON': (secret) => JSON.stringify(JSON.stringify(secret)).slice(3, -3),
  'in hexadecimal': (secret) => Buffer.from(secret).toString('hex'),
}

/** Passwords as people and generators make them. */
export const secretText = fc
  .oneof(
    fc.string({ minLength: 3, maxLength: 40 }),
    fc.string({ unit: 'grapheme', minLength: 3, maxLength: 20 }),
    fc.string({ unit: fc.constantFrom(...Array.from('aZ9+/=%\\"\'& é{}')), minLength: 3, maxLength: 30 }),
  )
  // What stands in a secret's place cannot itself be one, and a text holds what is hardly there.
  .filter((secret) => secret.trim().length >= 3 && !'***'.includes(secret))
