import { commandLineOf, parentOf } from './process/identity'
import { given } from './setting'

const lookEvery = 1_000

/**
 * Answers whether the npm that started this process still runs; undefined when none did. npm runs a script in a shell, and where that stays in
 * between, only the shell's parent tells that npm was killed.
 */
export const npmAbove = (env: NodeJS.ProcessEnv): (() => boolean) | undefined => {
  const script = given(env, 'npm_lifecycle_script')
  if (script === undefined) return undefined
  const parent = process.ppid
  const isShell = commandLineOf(parent).includes(script)
  const npm = isShell ? parentOf(parent) : parent
  return () => process.ppid === parent && (!isShell || parentOf(parent) === npm)
}

/** Calls `ended` once, within a second after npm is gone; gives back how to stop looking. */
export const whenNpmEnds = (env: NodeJS.ProcessEnv, ended: () => void): (() => void) => {
  const isThere = npmAbove(env)
  const stop = () => {
    clearInterval(timer)
  }
  const timer = setInterval(() => {
    if (isThere?.() !== false) return
    stop()
    ended()
  }, lookEvery).unref()
  return stop
}
