import { ApplicationFailure } from '@temporalio/activity'
import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import type * as t from 'io-ts'
import { ExecutionId, OrganizationId } from '../../domain/ids'
import { advance, type Advanced, type Advancing } from './advance'
import { stepSlots } from './step-slots'

export type ExecutionActivities = {
  /** `putOffBy`: the author of the answer before; null at first. */
  readonly advance: (executionId: string, organizationId: string, putOffBy: string | null) => Promise<Advanced>
}

const idOf = <A>(codec: t.Type<A, string>, text: string): A => {
  const decoded = codec.decode(text)
  if (E.isLeft(decoded)) throw ApplicationFailure.nonRetryable('not an id of ours', 'BadId')
  return decoded.right
}

/** A run that is advanced already in this process is not advanced twice at once: whoever asks again gets the same answer. */
export const executionActivities = (deps: Advancing, slots: number): ExecutionActivities => {
  const atWork = new Map<ExecutionId, Promise<Advanced>>()
  const enter = stepSlots(slots)

  let thrown = 0
  /** Whoever threw is dead: what it left open is taken up under another name, and counts. */
  const authorNow = () => (thrown === 0 ? deps.author : `${deps.author} ${thrown}`)

  const begin = async (id: ExecutionId, organization: OrganizationId, putOffBy: string | null): Promise<Advanced> => {
    const leave = await enter(organization)
    if (typeof leave !== 'function') return { _tag: 'Wait', ms: leave.putOffMs, author: putOffBy }
    try {
      return pipe(await advance({ ...deps, author: authorNow() })(id, putOffBy ?? undefined)(), E.toUnion)
    } catch (error) {
      thrown += 1
      throw error
    } finally {
      leave()
    }
  }

  return {
    advance: (executionId, organizationId, putOffBy) => {
      const id = idOf(ExecutionId, executionId)
      const known = atWork.get(id)
      if (known !== undefined) return known
      const begun = begin(id, idOf(OrganizationId, organizationId), putOffBy).finally(() => atWork.delete(id))
      atWork.set(id, begun)
      return begun
    },
  }
}
