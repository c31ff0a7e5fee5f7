import type * as E from 'fp-ts/Either'
import { type TemplateFault } from './fault'
import { inspect, type Inspection } from './inspect'
import { type Data, render, type Rendered } from './render'
import { type Watermark } from './watermark'

/** Work for the worker thread. Data travels as JSON text: what cannot be JSON cannot reach the template. */
export type Job =
  | { readonly type: 'inspect'; readonly template: Uint8Array }
  | {
      readonly type: 'render'
      readonly template: Uint8Array
      readonly json: string
      readonly watermark?: Watermark | undefined
    }

export type Answer = E.Either<TemplateFault, Inspection | Rendered>

export const perform = (job: Job): Answer => {
  switch (job.type) {
    case 'inspect':
      return inspect(job.template)
    case 'render':
      return render(job.template, JSON.parse(job.json) as Data, job.watermark)
  }
}
