import type { Request } from 'express'
import * as E from 'fp-ts/Either'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import type * as t from 'io-ts'
import { commandHandler } from '../../domain/command-handler'
import type { Revision } from '../../domain/event-store'
import { problemsOf } from '../../domain/decode-problems'
import { exactObject, text } from '../../domain/exact'
import { derivedId, TemplateId } from '../../domain/ids'
import { template, type TemplateCommand, type TemplateState, templateStream } from '../../domain/template'
import type { DocxEngine } from '../../nodes/template-inspection'
import type { BlobStore } from '../../stores/blobs/blob-store'
import { created } from '../answer'
import { mayAdminister } from '../auth/role'
import { ignoreBody } from '../body/json'
import { readUpload, type Upload } from '../body/upload'
import { contextOf } from '../command'
import { headerOf } from '../context'
import type { Commanding } from '../deps'
import { type ApiError, badRequest } from '../error'
import { pinnedRevision } from '../etag'
import { idIn } from '../id'
import type { Call } from '../on'
import { owned } from '../owned'
import { noQuery } from '../query'
import { inspected } from './inspected'
import { shownVersion } from './shown'

type Deps = Commanding & {
  readonly engine: Pick<DocxEngine, 'inspectTemplate'>
  readonly blobs: Pick<BlobStore, 'put'>
}

const fileName = text(255)
const NewTemplate = exactObject('Template', { name: text(200) }, {})
const NewVersion = exactObject('TemplateVersion', {}, {})

const checkedUpload =
  <F>(codec: t.Type<F, unknown>) =>
  (req: Request): TE.TaskEither<ApiError, Upload & { readonly named: F }> =>
    pipe(
      readUpload(req),
      TE.chainEitherKW((upload) =>
        pipe(
          codec.decode(upload.fields),
          E.mapLeft((errors) => badRequest(...problemsOf(errors))),
          E.chainFirst(() =>
            fileName.is(upload.file.name)
              ? E.right(undefined)
              : E.left(badRequest({ pointer: '/file', problem: 'must have a name of at most 255 characters' })),
          ),
          E.map((named) => ({ ...upload, named })),
        ),
      ),
    )

const latest = (state: TemplateState) => (state.status === 'unknown' ? undefined : state.latest)

/** Nothing is stored of a template that is refused: the file is kept only after it was found good, and before the log speaks of it. */
const upload =
  ({ engine, blobs, keyed, store }: Deps) =>
  <F>(
    call: Call,
    fields: t.Type<F, unknown>,
    commandOf: (
      named: F,
      content: Extract<TemplateCommand, { type: 'AddTemplateVersion' }>['content'],
      id: TemplateId,
    ) => TemplateCommand,
    known?: { readonly id: TemplateId; readonly pinned: Revision | undefined },
  ) =>
    pipe(
      checkedUpload(fields)(call.req),
      TE.bindTo('given'),
      TE.bind('found', ({ given }) => inspected(engine)(given)),
      TE.bindW('context', ({ given, found }) =>
        contextOf(keyed, call, { ...given.named, file_name: given.file.name, sha256: found.originalSha256 }),
      ),
      TE.chainFirstW(({ found }) => blobs.put(found.bytes)),
      TE.chainW(({ given, found: { content }, context }) => {
        const id = known?.id ?? derivedId(TemplateId, context.commandId, 'template')
        return pipe(
          commandHandler(store)(template)(
            templateStream(id),
            commandOf(given.named, content, id),
            context,
            known?.pinned,
          ),
          TE.map((handled) => ({ id, handled })),
        )
      }),
      TE.map(({ id, handled }) => {
        const version = latest(handled.state)
        const name = handled.state.status === 'unknown' ? '' : handled.state.name
        return created(
          { id, name, ...(version === undefined ? {} : shownVersion(call)(version)) },
          handled,
          `/api/v1/templates/${id}`,
        )
      }),
    )

export const uploadTemplate = (deps: Deps) =>
  deps.on.route({
    roles: mayAdminister,
    query: noQuery,
    body: ignoreBody,
    handle: (call) =>
      upload(deps)(call, NewTemplate, ({ name }, content, template_id) => ({
        type: 'UploadTemplate',
        template_id,
        organization_id: call.caller.organization,
        name,
        content,
      })),
  })

export const addVersion = (deps: Deps) =>
  deps.on.route({
    roles: mayAdminister,
    query: noQuery,
    body: ignoreBody,
    handle: (call) =>
      pipe(
        TE.fromEither<ApiError, TemplateId>(idIn(call.req, TemplateId)),
        TE.bindTo('id'),
        TE.chainFirstW(({ id }) => owned(deps.store)(template)(templateStream(id), call.caller.organization)),
        TE.bindW('pinned', () => TE.fromEither(pinnedRevision(headerOf(call.req, 'if-match')))),
        TE.chainW((known) =>
          upload(deps)(call, NewVersion, (_, content) => ({ type: 'AddTemplateVersion', content }), known),
        ),
      ),
  })
