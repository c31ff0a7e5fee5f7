export { decodeNodes } from '../decode-nodes'
export { webhookTriggerData } from '../webhook/trigger-data'
export {
  isBlocking,
  kindOf,
  merged,
  needsOf,
  phaseOf,
  preflight,
  type PreflightFacts,
  type PreflightFinding,
  type Purpose,
  wholeRun,
} from './check'
export { type FactSources, gather } from './gather'
export { nodesToCheck } from './recheck'
