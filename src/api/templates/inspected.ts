import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import { contentOf, type DocxEngine, type DocxFinding, type TemplateFault } from '../../nodes/template-inspection'
import type { Upload } from '../body/upload'
import type { ApiError, TemplateRefused, TooBusy } from '../error'

/** A good template: what is kept of it, the file to store, and the one that came. */
export type Inspected = {
  readonly content: ReturnType<typeof contentOf>
  readonly bytes: Uint8Array
  readonly originalSha256: string
}

/** `label` names the file where a run would name its step. */
const refused = (findings: ReadonlyArray<DocxFinding>, tech: string, label: string): TemplateRefused => ({
  _tag: 'TemplateRefused',
  issues: findings.map(({ code, params }) => ({
    code,
    params: { label, ...params },
    tech: `${tech}${params['explanation'] === undefined ? '' : ` ${params['explanation']}`}`,
    node_id: null,
  })),
})

const refusal = ({ code, findings, tech }: TemplateFault, label: string): TemplateRefused | TooBusy =>
  code === 'rate_limited' ? { _tag: 'TooBusy' } : refused(findings, tech, label)

/** A good template; of another, everything that is wrong with it. */
export const inspected =
  ({ inspectTemplate }: Pick<DocxEngine, 'inspectTemplate'>) =>
  ({ file }: Upload): TE.TaskEither<ApiError, Inspected> =>
    pipe(
      inspectTemplate(file.bytes),
      TE.mapLeft((fault): ApiError => refusal(fault, file.name)),
      TE.chainEitherK((inspection) =>
        inspection.errors.length === 0
          ? E.right({
              content: contentOf(inspection, file.name),
              bytes: inspection.cleaned?.bytes ?? file.bytes,
              originalSha256: inspection.cleaned?.original_sha256 ?? inspection.sha256,
            })
          : E.left<ApiError>(refused(inspection.errors, 'template markup', file.name)),
      ),
    )
