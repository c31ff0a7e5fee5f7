// Loaded before a program: tells its parent how long its event loop was held since it was last asked, in ms.
const { monitorEventLoopDelay } = require('node:perf_hooks')

const resolution = 1
const delay = monitorEventLoopDelay({ resolution })
const ms = (nanoseconds) => Math.max(0, nanoseconds / 1e6 - resolution)

delay.enable()
process.on('message', () => {
  process.send({ p50: ms(delay.percentile(50)), p99: ms(delay.percentile(99)), max: ms(delay.max) })
  delay.reset()
})
