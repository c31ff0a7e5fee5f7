export { decodeNodes } from '../decode-nodes'
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
export { gather } from './gather'
export { nodesToCheck } from './recheck'
