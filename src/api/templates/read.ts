import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import { TemplateId } from '../../domain/ids'
import { template, templateStream } from '../../domain/template'
import type { CatalogQueries } from '../../projections/catalog/queries'
import { mayRead } from '../auth/role'
import { ignoreBody } from '../body/json'
import type { Commanding } from '../deps'
import type { ApiError } from '../error'
import { idIn } from '../id'
import { owned } from '../owned'
import { patternParameter, query } from '../query'
import { readOwned } from '../read-owned'
import { listParameters, pageAnswer, readPage } from '../read-side'
import { shownFile, shownTags, shownTemplate } from './shown'

type Deps = Pick<Commanding, 'on' | 'store'>

const kept = { aggregate: template, id: TemplateId, streamOf: templateStream }

export const readTemplate = (deps: Deps) => readOwned(deps)(kept, shownTemplate)
export const readTags = (deps: Deps) => readOwned(deps)(kept, () => shownTags)

const version = patternParameter(/^[1-9]\d{0,8}$/, 'must be the version of an item of this list')
const versionsQuery = query({ ...listParameters, cursor: version })

/** The files that a template had, newest first; a page goes on after the version `cursor`. */
export const listVersions = ({ on, store, catalog }: Deps & { readonly catalog: CatalogQueries }) =>
  on.route({
    roles: mayRead,
    query: versionsQuery,
    body: ignoreBody,
    handle: (call) =>
      pipe(
        TE.fromEither<ApiError, TemplateId>(idIn(call.req, TemplateId)),
        TE.chainFirstW((id) => owned(store)(template)(templateStream(id), call.caller.organization)),
        TE.chain((id) =>
          readPage(catalog, call.query, (paging) => catalog.templateVersions(call.caller.organization, id, paging)),
        ),
        TE.map(pageAnswer('versions', shownFile)),
      ),
  })
