/** Ends the script with a text that says what is in the way and the way out. */
export const fail = (what, wayOut) => {
  console.error(`\n${what}\n  ${wayOut}\n`)
  process.exit(1)
}
