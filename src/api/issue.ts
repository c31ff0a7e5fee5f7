import { type Issue, renderIssue } from '../domain/catalogue/issue'
import type { Reader } from '../domain/visibility'

export { type Issue, renderIssue } from '../domain/catalogue/issue'

/** Issues as the parameters of a problem. */
export const issueParams = (issues: ReadonlyArray<Issue>, reader: Reader) => {
  const rendered = issues.map(renderIssue(reader))
  return { count: rendered.length, first: rendered[0]?.message_human ?? '', issues: rendered }
}
