/** What an error of the SMTP client says, field by field; nothing is taken for granted about what was thrown. */
export type SmtpAnswer = {
  readonly code: string
  /** What lies under a broken connection: a code of Node's sockets or of TLS. */
  readonly cause: string
  readonly command: string
  /** 0 when the server did not answer. */
  readonly responseCode: number
  readonly recipients: ReadonlyArray<string>
  readonly message: string
}

const fieldOf = (error: unknown, name: string): unknown =>
  typeof error === 'object' && error !== null ? (error as Readonly<Record<string, unknown>>)[name] : undefined

const textOf = (error: unknown, name: string): string => {
  const value = fieldOf(error, name)
  return typeof value === 'string' ? value : ''
}

export const smtpAnswer = (error: unknown): SmtpAnswer => {
  const responseCode = fieldOf(error, 'responseCode')
  const rejected = fieldOf(error, 'rejected')
  return {
    code: textOf(error, 'code'),
    cause: textOf(error, 'originalCode'),
    command: textOf(error, 'command'),
    responseCode: typeof responseCode === 'number' ? responseCode : 0,
    recipients: Array.isArray(rejected) ? rejected.filter((one) => typeof one === 'string') : [],
    message: error instanceof Error ? error.message : 'unknown',
  }
}
