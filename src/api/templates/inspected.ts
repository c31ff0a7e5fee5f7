import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import { contentOf, type DocxEngine, type Finding, type TemplateFault } from '../../nodes/template-inspection'
import type { Upload } from '../body/upload'
import type { ApiError, TemplateRefused, TooBusy } from '../error'

type Content = ReturnType<typeof contentOf>

/** `label` names the file where a run would name its step. */
const refused = (findings: ReadonlyArray<Finding>, tech: string, label: string): TemplateRefused => ({
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

/** The tags of a good template; of another, everything that is wrong with it. */
export const inspected =
  ({ inspectTemplate }: Pick<DocxEngine, 'inspectTemplate'>) =>
  ({ file }: Upload): TE.TaskEither<ApiError, Content> =>
    pipe(
      inspectTemplate(file.bytes),
      TE.mapLeft((fault): ApiError => refusal(fault, file.name)),
      TE.chainEitherK((inspection) =>
        inspection.errors.length === 0
          ? E.right(contentOf(inspection, file.name))
          : E.left<ApiError>(refused(inspection.errors, 'template markup', file.name)),
      ),
    )
