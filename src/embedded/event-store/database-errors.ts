import { DatabaseError } from 'pg'

/** The server answered and rolled the statement back. Anything else leaves it unknown what became of it. */
export const isRefusedStatement = (error: unknown): error is DatabaseError =>
  error instanceof DatabaseError && error.severity === 'ERROR' && error.code !== '23505'

/** Data exception, or a program limit such as the size of an index entry: the same statement will never work. */
export const isUnstorable = (error: DatabaseError): boolean =>
  error.code !== undefined && (error.code.startsWith('22') || error.code.startsWith('54'))

/** A refused connection has an empty message and the reasons in `errors`, one for each address. */
export const reasonOf = (error: unknown): string => {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(reasonOf).join(', ')
  return error instanceof Error ? error.message : String(error)
}
