import type { LiveMessage } from './follow'

const width = 24

const bar = (progress: number): string => {
  const full = Math.round((progress / 100) * width)
  return `[${'#'.repeat(full)}${'.'.repeat(width - full)}] ${String(progress).padStart(3)} %`
}

const detail = ({ event_type, current_step, data }: LiveMessage): string => {
  const step = current_step === null ? '' : ` ${current_step.index} ${current_step.label}`
  switch (event_type) {
    case 'execution.status_changed':
      return `${String(data['from'])} > ${String(data['to'])}`
    case 'step.completed':
      return `${step.trim()} (${String(data['duration_ms'])} ms)`
    case 'step.failed':
    case 'execution.failed':
      return String(data['error_human'])
    case 'step.started':
      return step.trim()
  }
  return ''
}

/** One line of the terminal for one event of the stream. */
export const line = (message: LiveMessage): string =>
  `${bar(message.progress)}  ${message.event_type.padEnd(26)} ${detail(message)}`.trimEnd()
