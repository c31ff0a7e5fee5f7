import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import { TemplateId } from '../../domain/ids'
import { template, templateStream } from '../../domain/template/template'
import { ok } from '../answer'
import { mayRead } from '../auth/role'
import { ignoreBody } from '../body/json'
import type { Commanding } from '../deps'
import { idIn } from '../id'
import type { Call } from '../on'
import { owned } from '../owned'
import { noQuery } from '../query'
import { shownLoop, shownTag, shownTemplate } from './shown'

type Deps = Pick<Commanding, 'on' | 'store'>

const found = ({ store }: Deps, { req, caller }: Call) =>
  pipe(
    TE.fromEither(idIn(req, TemplateId)),
    TE.chainW((id) => owned(store)(template)(templateStream(id), caller.organization)),
  )

export const readTemplate = (deps: Deps) =>
  deps.on.route({
    roles: mayRead,
    query: noQuery,
    body: ignoreBody,
    handle: (call) =>
      pipe(
        found(deps, call),
        TE.map((told) => ok(shownTemplate(call)(told), told)),
      ),
  })

export const readTags = (deps: Deps) =>
  deps.on.route({
    roles: mayRead,
    query: noQuery,
    body: ignoreBody,
    handle: (call) =>
      pipe(
        found(deps, call),
        TE.map((told) => {
          const last = told.state.versions.at(-1)
          const { version = 0, tags = [], loops = [] } = last ?? {}
          return ok({ version, tags: tags.map(shownTag), loops: loops.map(shownLoop) }, told)
        }),
      ),
  })
