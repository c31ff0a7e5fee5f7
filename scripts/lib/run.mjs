import { spawn } from 'node:child_process'
import { clearTimeout, setTimeout } from 'node:timers'
import { root } from './root.mjs'

/** Runs a command to its end. With `show` its output goes to the terminal, else it is collected. */
export const run = (command, args, { show = false, env = {}, limit } = {}) =>
  new Promise((resolve) => {
    let output = ''
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: show ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    })
    const asked = limit && setTimeout(() => child.kill('SIGTERM'), limit)
    const forced = limit && setTimeout(() => child.kill('SIGKILL'), limit + 10_000)
    child.stdout?.on('data', (chunk) => (output += chunk))
    child.stderr?.on('data', (chunk) => (output += chunk))
    child.once('error', (error) => resolve({ code: 1, output: error.message }))
    child.once('close', (code) => {
      clearTimeout(asked)
      clearTimeout(forced)
      resolve({ code: code ?? 1, output })
    })
  })

export const runNode = (args, options) => run(process.execPath, args, options)

/** npm as it was called, also where it is not in PATH. */
export const runNpm = (args, options) =>
  process.env.npm_execpath?.endsWith('.js')
    ? runNode([process.env.npm_execpath, ...args], options)
    : run('npm', args, options)
