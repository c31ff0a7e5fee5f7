import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import type { GeneratedDocument, Receipt, SavedDocument } from '../../domain/execution/receipts'
import { connectedTo } from '../connections/connected'
import type { Connected, Prepared } from '../contract'
import { connectionMissing } from '../connections/findings'
import { storage } from '../connections/storage'
import type { StorageConfig, StorageSecret } from '../connections/storage/config'
import { bytesOf } from '../steps/document-bytes'
import { effectFault, faultOfFinding, findingOfReference, stepFault } from '../steps/faults'
import type { EffectFault, StepFault, StepResult, StepRun, StepStop } from '../steps/step-run'
import type { StorageNodeConfig } from './config'
import { faultOfStorage } from './storage-fault'
import type { File, Target } from './target'
import { targetOf } from './target-of'

type Place = {
  readonly folder: ReadonlyArray<string>
  readonly connected: Connected<StorageConfig, StorageSecret>
  readonly target: Target
}

const targetFor = (run: StepRun, connected: Place['connected']): E.Either<StepFault, Target> =>
  pipe(
    targetOf(connected, run.organizationId, run.outgoing),
    E.mapLeft((problem) => faultOfFinding(connectionMissing(storage.provider, `the connection ${problem}`))),
  )

const write = ({ target, connected }: Place, file: File): TE.TaskEither<EffectFault, string> =>
  TE.tryCatch(
    () => target.write(file),
    (error) => effectFault('unknown', faultOfStorage(connected.config.url, connected.secret, error)),
  )

const save = (
  run: StepRun,
  place: Place,
  document: GeneratedDocument,
  bytes: Uint8Array,
  effect_key: string,
): TE.TaskEither<EffectFault, Receipt> =>
  pipe(
    write(place, {
      folder: place.folder,
      name: document.personal.file_name,
      contentType: document.content_type,
      sha256: document.sha256,
      bytes,
    }),
    TE.map((location) => ({
      type: 'DocumentSaved',
      data: {
        effect_key,
        step_id: run.step.step_id,
        document_id: document.document_id,
        sha256: document.sha256,
        personal: { location },
      },
    })),
  )

/** Of a document that was saved before. */
const nothing = new Uint8Array()

const saveOnce =
  (run: StepRun, place: Place) =>
  (document: GeneratedDocument): TE.TaskEither<StepStop, SavedDocument> => {
    const effect_key = run.effectKey(`storage ${document.document_id}`)
    return pipe(
      run.effect(effect_key)?.status === 'done' ? TE.right(nothing) : bytesOf(run, document),
      TE.chainW((bytes) =>
        run.once({ effect_key, kind: 'storage', repeatable: true }, save(run, place, document, bytes, effect_key)),
      ),
      TE.chain((receipt) =>
        receipt?.type === 'DocumentSaved'
          ? TE.right(receipt.data)
          : TE.left(stepFault('internal_error', { label: run.step.label }, 'a saved document without its receipt')),
      ),
    )
  }

const resultOf = (saved: ReadonlyArray<SavedDocument>): StepResult => ({
  output: { success: true, saved: saved.map(({ document_id, sha256 }) => ({ document_id, sha256 })) },
  personal: { locations: saved.map(({ personal }) => personal.location) },
})

const someDocuments = ({ documents, step }: StepRun): E.Either<StepFault, ReadonlyArray<GeneratedDocument>> =>
  documents.length > 0
    ? E.right(documents)
    : E.left(
        faultOfFinding(
          findingOfReference(step.label, 'document')({ _tag: 'MissingValue', path: 'step.previous.document_id' }),
        ),
      )

/** Every document of the steps before, each written once; the same again is harmless. */
export const execute = (
  config: StorageNodeConfig,
  run: StepRun & Prepared<Place['folder']>,
): TE.TaskEither<StepStop, StepResult> =>
  pipe(
    TE.Do,
    TE.bindW('documents', () => TE.fromEither(someDocuments(run))),
    TE.let('folder', () => run.filled),
    TE.bindW('connected', () => connectedTo(run, config.connection_id, storage)),
    TE.bindW('target', ({ connected }) => TE.fromEither(targetFor(run, connected))),
    TE.chainW(({ documents, ...place }) => pipe(documents, TE.traverseSeqArray(saveOnce(run, place)))),
    TE.map(resultOf),
  )
