import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import type { GeneratedDocument, Receipt } from '../../domain/execution/receipts'
import { DocumentId, derivedId } from '../../domain/ids'
import type { TemplateVersion } from '../../domain/template'
import type { BlobNotFound, BlobStoreUnavailable } from '../../stores/blobs/blob-store'
import type { Prepared } from '../contract'
import { findingOfReference, effectFault, faultOfFinding, stepFault, unavailable } from '../steps/faults'
import type { EffectFault, StepFault, StepResult, StepRun, StepStop, Unavailable } from '../steps/step-run'
import type { UploadedDocumentConfig } from './config'
import type { TemplateFault } from './docx'
import type { Filled } from './fill'
import { isUsed } from './used'

const contentType = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'

const notFound = (tech: string): StepFault => stepFault('template.not_found', {}, tech)
const didNotHappen = (fault: StepFault): EffectFault => effectFault('no', fault)

const noFile = (error: BlobNotFound | BlobStoreUnavailable): EffectFault | Unavailable =>
  error._tag === 'BlobNotFound'
    ? didNotHappen(notFound(`file ${error.sha256} is not in the store`))
    : unavailable(error)

const isPassing = ({ code }: TemplateFault): boolean => code === 'timeout' || code === 'rate_limited'

const ofTemplate =
  (label: string) =>
  ({ code, params, tech, ...rest }: TemplateFault): StepFault =>
    stepFault(code, { ...params, label, provider: 'docg' }, tech, isPassing({ code, params, tech, ...rest }))

/** The attempt is over: what follows from its end is decided elsewhere. */
const stopped = ({ step }: StepRun): StepFault =>
  stepFault('timeout', { label: step.label }, 'the render was stopped', true)

/** No other run's bytes are the same, so that they can be deleted with it. */
const watermarkOf = ({ dryRun, executionId }: StepRun) => (dryRun ? { text: 'DRY RUN', mark: executionId } : undefined)

/** How long a document of a dry run is kept, ms. */
const dryRunKeptMs = 7 * 24 * 3_600_000

type DocumentRun = StepRun & Prepared<Filled>

const jsonFor = (run: DocumentRun, version: TemplateVersion): TE.TaskEither<StepFault, string> => {
  const { json, absent } = run.filled
  const [missing] = absent.filter(isUsed(version.tree))
  if (missing === undefined) return TE.right(json)
  const finding = findingOfReference(run.step.label, 'field_mappings')
  return TE.left(faultOfFinding(finding({ _tag: 'MissingValue', path: missing.source_field })))
}

const rendered = (
  run: DocumentRun,
  version: TemplateVersion,
): TE.TaskEither<EffectFault | Unavailable, { readonly sha256: string; readonly size: number }> =>
  pipe(
    TE.Do,
    TE.bindW('json', () => pipe(jsonFor(run, version), TE.mapLeft(didNotHappen))),
    TE.bindW('file', () => pipe(run.blobs.get(version.sha256), TE.mapLeft(noFile))),
    TE.chainW(({ json, file }) =>
      pipe(
        run.docx.renderTemplate(file, json, { signal: run.signal, watermark: watermarkOf(run) }),
        TE.mapLeft((fault) =>
          didNotHappen(fault._tag === 'RenderStopped' ? stopped(run) : ofTemplate(run.step.label)(fault)),
        ),
      ),
    ),
    TE.chainW(({ bytes }) => pipe(run.blobs.put(bytes), TE.mapLeft(unavailable))),
  )

const resultOf = ({ data }: { readonly data: GeneratedDocument }): StepResult => ({
  output: {
    document_id: data.document_id,
    file_id: data.document_id,
    file_url: `/api/v1/documents/${data.document_id}`,
    content_type: data.content_type,
    size: data.size,
    sha256: data.sha256,
    template_id: data.template_id,
    template_version: data.template_version,
  },
  personal: { file_name: data.personal.file_name },
})

const generate = (
  config: UploadedDocumentConfig,
  run: DocumentRun,
  version: TemplateVersion,
): TE.TaskEither<StepStop, StepResult> => {
  const effect_key = run.effectKey('document')
  const receipt = ({ sha256, size }: { readonly sha256: string; readonly size: number }): Receipt => ({
    type: 'DocumentGenerated',
    data: {
      effect_key,
      step_id: run.step.step_id,
      document_id: derivedId(DocumentId, run.executionId, 'document', run.step.step_id),
      content_type: contentType,
      size,
      sha256,
      template_id: config.template_id,
      template_version: version.version,
      expires_at: run.dryRun ? new Date(Date.parse(run.now()) + dryRunKeptMs).toISOString() : null,
      personal: { file_name: run.filled.file_name },
    },
  })
  return pipe(
    run.once({ effect_key, kind: 'document', repeatable: true }, pipe(rendered(run, version), TE.map(receipt))),
    TE.chain((done) =>
      done?.type === 'DocumentGenerated'
        ? TE.right(resultOf(done))
        : TE.left(stepFault('internal_error', { label: run.step.label }, 'a document without its receipt')),
    ),
  )
}

/** Fills the template's version in, once; the same input gives the same bytes. */
export const execute = (config: UploadedDocumentConfig, run: DocumentRun): TE.TaskEither<StepStop, StepResult> =>
  config.create_pdf === true
    ? TE.left(stepFault('template.pdf_converter_unavailable', {}, 'create_pdf is true'))
    : pipe(
        run.template(config.template_id),
        TE.chainW(TE.fromNullable(notFound(`no template ${config.template_id}`))),
        TE.chainW((version) => generate(config, run, version)),
      )
