const { writeFileSync } = require('node:fs')
const { reporters, Runner } = require('mocha')

/** The readable report, and the counts as JSON in the file given as option `output`. */
class Counting extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options)
    // A run that takes too long is asked to end: on exit the servers that tests started are ended too.
    process.once('SIGTERM', () => process.exit(1))
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats
      const { output } = options.reporterOptions ?? options.reporterOption ?? {}
      if (output) writeFileSync(output, JSON.stringify({ passed: passes, failed: failures + pending }))
    })
  }
}

module.exports = Counting
