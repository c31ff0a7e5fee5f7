import { extname, join } from 'node:path'
import { type Service } from './process/service'

type NodeService = Omit<Service, 'command' | 'args' | 'program'> & { readonly script: string }

/** The file of a program of ours, named from the source root: the compiled one, or the source when we run from it. */
export const programFile = (script: string): string => join(__dirname, '..', script + extname(__filename))

const loader = extname(__filename) === '.ts' ? ['--require', 'tsx/cjs'] : ['--enable-source-maps']

/** MiB that new objects may fill before they are collected: Node's 16 cost each of our programs up to 36 more, and gain nothing that shows here. */
const youngMib = 4

export const nodeArguments = (script: string): ReadonlyArray<string> => [
  ...loader,
  `--max-semi-space-size=${youngMib}`,
  programFile(script),
]

export const nodeService = ({ script, ...service }: NodeService): Service => ({
  ...service,
  command: process.execPath,
  args: nodeArguments(script),
  program: programFile(script),
})
