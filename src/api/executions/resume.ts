import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import type * as t from 'io-ts'
import { exactObject, oneOf, truth } from '../../domain/exact'
import type { Execution } from '../../domain/execution/state'
import { JsonObject, mergePatch } from '../../domain/json'
import { nodesToCheck } from '../../nodes/preflight'
import { jsonBody, jsonLimit } from '../body/json'
import type { Commanding } from '../deps'
import { type ApiError, badRequest } from '../error'
import { controlReason, steerExecution, steeredAnswer } from './control'
import { nodesOfRun } from './nodes-of-run'
import { shownStepOfPlan } from './shown-plan'

const Resume = exactObject(
  'Resume',
  {},
  { approved: truth, decision: oneOf('resend', 'assume_sent'), changes: JsonObject, reason: controlReason },
)

type Resume = t.TypeOf<typeof Resume>

const body = jsonBody(Resume)

/** A word about an e-mail says as well that the run goes on. */
const said = ({ approved, decision }: Resume): TE.TaskEither<ApiError, void> =>
  approved === undefined && decision === undefined
    ? TE.left(badRequest({ pointer: '/approved', problem: 'is missing' }))
    : TE.right(undefined)

/** What a run is begun with has a limit, however it came together. */
const merged = ({ triggerData }: Execution, changes: JsonObject): TE.TaskEither<ApiError, void> =>
  Buffer.byteLength(JSON.stringify(mergePatch(triggerData, changes))) > jsonLimit
    ? TE.left({ _tag: 'BodyTooLarge', limit: jsonLimit })
    : TE.right(undefined)

/** Of the resume, however far they are by now. */
const checksOf = ({ steps, lastResume }: Execution) =>
  steps.filter(({ node_id }) => lastResume?.checks.includes(node_id)).map(shownStepOfPlan)

/** A person lets the run go on, with corrected data or not, says what became of an e-mail, or ends the run. */
export const resumeExecution = (deps: Commanding) =>
  steerExecution(deps, {
    control: 'resume',
    body,
    command: ({ body }, run, now) => {
      const { approved = true, decision = null, changes = {}, reason = null } = body
      return pipe(
        said(body),
        TE.chain(() => merged(run, changes)),
        TE.chain(() => (approved ? nodesOfRun(deps.store)(run) : TE.right([]))),
        TE.map((nodes) => ({
          type: 'ResumeExecution',
          now,
          approved,
          decision,
          recheck: nodesToCheck(nodes, run, changes, now),
          changes,
          reason,
        })),
      )
    },
    answer: (carried) =>
      TE.right(steeredAnswer(carried, { checks: carried.state.status === 'unborn' ? [] : checksOf(carried.state) })),
  })
