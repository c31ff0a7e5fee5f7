export { decodeNodes } from '../decode-nodes'
export { nodeThreads } from '../node-work/threads'
export { webhookTriggerData } from '../webhook/trigger-data'
export {
  incompleteness,
  isBlocking,
  kindOf,
  merged,
  needsOf,
  phaseOf,
  preflight,
  type PreflightFacts,
  type PreflightFinding,
  wholeRun,
} from './check'
export { type Checks, checksIn, patientChecks, type ChecksUnavailable } from './checks'
export { gather } from './gather'
export { type Probes, probesOf } from './probes'
export { nodesToCheck } from './recheck'
