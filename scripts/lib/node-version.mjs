import { fail } from './fail.mjs'

const least = [20, 19]

export const demandNode = () => {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > least[0] || (major === least[0] && minor >= least[1])) return
  fail(
    `docg needs Node ${least.join('.')} or later; this is Node ${process.versions.node}.`,
    'Install a newer one (https://nodejs.org, or nvm install 22) and run the same command again.',
  )
}
