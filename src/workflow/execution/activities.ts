import { ApplicationFailure } from '@temporalio/activity'
import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import type * as t from 'io-ts'
import { ExecutionId, OrganizationId } from '../../domain/ids'
import { advance, type Advanced, type Advancing } from './advance'
import { stepSlots } from './step-slots'

export type ExecutionActivities = {
  readonly advance: (executionId: string, organizationId: string) => Promise<Advanced>
}

const idOf = <A>(codec: t.Type<A, string>, text: string): A => {
  const decoded = codec.decode(text)
  if (E.isLeft(decoded)) throw ApplicationFailure.nonRetryable('not an id of ours', 'BadId')
  return decoded.right
}

/** An organization that fills its share of the slots tries again so much later, ms. */
const busyMs = (): number => 2_000 + Math.random() * 3_000

/** A run that is advanced already in this process is not advanced twice at once: whoever asks again gets the same answer. */
export const executionActivities = (deps: Advancing, slots: number): ExecutionActivities => {
  const atWork = new Map<ExecutionId, Promise<Advanced>>()
  const enter = stepSlots(slots)

  const begin = async (id: ExecutionId, organization: OrganizationId): Promise<Advanced> => {
    const leave = await enter(organization)
    if (leave === 'full') return { _tag: 'Wait', ms: busyMs() }
    try {
      return pipe(await advance(deps)(id)(), E.toUnion)
    } finally {
      leave()
    }
  }

  return {
    advance: (executionId, organizationId) => {
      const id = idOf(ExecutionId, executionId)
      const known = atWork.get(id)
      if (known !== undefined) return known
      const begun = begin(id, idOf(OrganizationId, organizationId)).finally(() => atWork.delete(id))
      atWork.set(id, begun)
      return begun
    },
  }
}
