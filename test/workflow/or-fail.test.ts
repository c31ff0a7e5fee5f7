import type { ApplicationFailure } from '@temporalio/activity'
import { expect } from 'chai'
import * as TE from 'fp-ts/TaskEither'
import { orFail } from '../../src/workflow/or-fail'

describe('an activity that cannot be done', () => {
  const failure = (tag: string) => orFail(TE.left({ _tag: tag })).catch((error: unknown) => error as ApplicationFailure)

  for (const tag of ['StoreUnavailable', 'StoreDenied', 'UndecodableEvent', 'TooManyConflicts', 'Unavailable'])
    it(`now is tried again later: ${tag}`, async () => {
      expect(await failure(tag)).to.include({ nonRetryable: false, type: tag })
    })

  it('ever is not tried again', async () => {
    expect(await failure('StepStopped')).to.include({ nonRetryable: true, type: 'StepStopped' })
  })
})
