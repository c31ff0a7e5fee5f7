/** Removes credentials, as they are and as the protocol encodes them. */
export const redacted = (secrets: ReadonlyArray<string>, text: string): string =>
  secrets
    .filter((secret) => secret.length > 2)
    .flatMap((secret) => [secret, Buffer.from(secret).toString('base64')])
    .reduce((rest, secret) => rest.replaceAll(secret, '***'), text)
