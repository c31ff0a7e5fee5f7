import { expect } from 'chai'
import * as E from 'fp-ts/Either'
import * as TE from 'fp-ts/TaskEither'
import { bytesOf } from '../../../src/nodes/steps/document-bytes'
import type { StepRun } from '../../../src/nodes/steps/step-run'
import type { BlobStore } from '../../../src/stores/blobs/blob-store'

const read = (get: BlobStore['get']) =>
  bytesOf({ blobs: { get } as BlobStore, step: { label: 'Send' } as StepRun['step'] }, { sha256: 'ab' }, 20)()

describe("a document's bytes", () => {
  it('are waited for while the file store hangs or is away, and no attempt is counted', async () => {
    const hanging = await read(() => () => new Promise(() => undefined))
    expect(E.isLeft(hanging) && hanging.left._tag).to.equal('Unavailable')
    const away = await read(() => TE.left({ _tag: 'BlobStoreUnavailable', reason: 'away' }))
    expect(away).to.deep.equal(E.left({ _tag: 'Unavailable', reason: 'away' }))
  })

  it('that are gone end the step', async () => {
    const gone = await read(() => TE.left({ _tag: 'BlobNotFound', sha256: 'ab' }))
    expect(E.isLeft(gone) && gone.left._tag === 'StepFault' && gone.left.retryable).to.equal(false)
  })
})
