import { type PropertyAccessToken, type Template, TypeGuards, Value } from 'liquidjs'

const { isFilteredValueToken, isNumberToken, isPropertyAccessToken, isQuotedToken, isRangeToken, isWordToken } =
  TypeGuards

export type Path = ReadonlyArray<string>
/** A list within stands for the value of another variable, as in `a[b.c]`. */
type Segments = ReadonlyArray<string | number | Segments>

const nameIn = (token: unknown): ReadonlyArray<string | number> =>
  isQuotedToken(token) || isNumberToken(token) || isWordToken(token) ? [token.content] : []

const segmentsOf = ({ props: [root, ...props] }: PropertyAccessToken): Segments => [
  ...(isPropertyAccessToken(root) ? segmentsOf(root) : nameIn(root)),
  ...props.flatMap((prop): Segments => (isPropertyAccessToken(prop) ? [segmentsOf(prop)] : nameIn(prop))),
]

const variablesIn = (argument: unknown): ReadonlyArray<Segments> => {
  if (isPropertyAccessToken(argument)) return [segmentsOf(argument)]
  if (isRangeToken(argument)) return [argument.lhs, argument.rhs].flatMap(variablesIn)
  if (!(argument instanceof Value) && !isFilteredValueToken(argument)) return []
  const { initial, filters } = argument
  const args = filters.flatMap(({ args }) => args.map((arg) => (Array.isArray(arg) ? arg[1] : arg)))
  return [...initial.postfix, ...args].flatMap(variablesIn)
}

const childrenOf = (template: Template): ReadonlyArray<Template> => {
  const children = template.children?.(false, true).next()
  return children?.done === true ? children.value : []
}

const staticPart = (segments: Segments): Path => {
  const dynamic = segments.findIndex((segment) => typeof segment === 'object')
  return (dynamic < 0 ? segments : segments.slice(0, dynamic)).map(String)
}

/**
 * Paths that a parsed template reads from outside, each as far as it is fixed and once, those of one root together; the names of its own loops and
 * assignments left out. The engine tells the same, in time that grows with the square of the template.
 */
export const globalPaths = (templates: ReadonlyArray<Template>): ReadonlyArray<Path> => {
  const found = new Map<string, Map<string, Path>>()
  const assigned = new Set<string>()
  const add = (segments: Segments, own: ReadonlyArray<string>): void => {
    const [root] = segments
    if (typeof root === 'string' && !assigned.has(root) && !own.includes(root)) {
      const path = staticPart(segments)
      const paths = found.get(root) ?? new Map<string, Path>()
      found.set(root, paths.set(JSON.stringify(path), path))
    }
    for (const segment of segments) if (typeof segment === 'object') add(segment, own)
  }
  const visit = (template: Template, own: ReadonlyArray<string>): void => {
    for (const argument of template.arguments?.() ?? [])
      for (const segments of variablesIn(argument)) add(segments, own)
    for (const { content } of template.localScope?.() ?? []) assigned.add(content)
    const within = template.blockScope === undefined ? own : [...own, ...template.blockScope()]
    for (const child of childrenOf(template)) visit(child, within)
  }
  for (const template of templates) visit(template, [])
  return [...found.values()].flatMap((paths) => [...paths.values()])
}
