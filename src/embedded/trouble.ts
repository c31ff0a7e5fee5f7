/** Something in the way that the person at the terminal can remove: shown as text, never as a stack trace. */
export class Trouble extends Error {
  constructor(
    readonly what: string,
    readonly wayOut: string,
  ) {
    super(`${what}\n  ${wayOut.replaceAll('\n', '\n  ')}`)
    this.name = 'Trouble'
  }
}
