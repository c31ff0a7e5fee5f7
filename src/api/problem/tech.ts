import { technicalText } from '../../domain/fault'
import type { ApiError, InputProblem } from '../error'

const placed = ({ pointer, parameter, header, problem }: InputProblem): string =>
  `${parameter === undefined ? (header ?? pointer ?? '') : `?${parameter}`} ${problem}`.trim()

/** Fields that speak of servers of ours: they stand in the program's log, under the request's correlation id. */
const ours: ReadonlySet<string> = new Set(['_tag', 'reason', 'path', 'stream'])

const said = (value: unknown): string | undefined => {
  if (Array.isArray(value)) return value.every((one) => typeof one === 'string') ? value.join(', ') : undefined
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' ? `${value}` : undefined
}

const fieldsOf = (error: ApiError): ReadonlyArray<string> =>
  Object.entries(error).flatMap(([name, value]) => {
    const text = ours.has(name) ? undefined : said(value)
    return text === undefined ? [] : [`${name}: ${text}`]
  })

const detailsOf = (error: ApiError): ReadonlyArray<string> => {
  if (error._tag === 'BadRequest') return error.problems.map(placed)
  if (error._tag === 'PreflightBlocked' || error._tag === 'TemplateRefused')
    return error.issues.map(({ code, tech }) => `${code}: ${tech}`)
  return 'reason' in error ? ['the reason is in the log'] : fieldsOf(error)
}

/** An error as developers name it, with what the caller has to do with it. */
export const techOf = (error: ApiError): string => technicalText([error._tag, ...detailsOf(error)].join('; '))
