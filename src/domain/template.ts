import * as E from 'fp-ts/Either'
import * as t from 'io-ts'
import { eventCodec, type EventOf } from './codec'
import type { Aggregate } from './decider'
import type { Revision, StreamName } from './event-store'
import { OrganizationId, TemplateId } from './ids'
import { revision, streamName } from './position'

/** A tag of a template: its dotted path and the lists whose rows it stands in, outermost first. */
export const Tag = t.readonly(
  t.type({ path: t.readonlyArray(t.string), loops: t.readonlyArray(t.readonlyArray(t.string)) }),
  'Tag',
)
export type Tag = t.TypeOf<typeof Tag>

/** `{{#list}}` or, inverted, `{{^list}}`; `loops` are the lists around it. */
export const Loop = t.readonly(
  t.type({
    path: t.readonlyArray(t.string),
    loops: t.readonlyArray(t.readonlyArray(t.string)),
    inverted: t.boolean,
  }),
  'Loop',
)
export type Loop = t.TypeOf<typeof Loop>

export type TemplateNode =
  | { readonly kind: 'tag'; readonly path: string }
  | {
      readonly kind: 'section'
      readonly path: string
      readonly inverted: boolean
      readonly children: ReadonlyArray<TemplateNode>
    }

/** Tags and sections as they stand in each other, every one once per scope; paths are dotted. */
export const TemplateNode: t.Type<TemplateNode> = t.recursion('TemplateNode', (self) =>
  t.union([
    t.type({ kind: t.literal('tag'), path: t.string }),
    t.type({ kind: t.literal('section'), path: t.string, inverted: t.boolean, children: t.readonlyArray(self) }),
  ]),
)

/** What happened to an upload before it was stored. */
const Cleaning = t.readonly(
  t.type({
    /** Of the file that came. */
    original_sha256: t.string,
    /** What was taken out of it: values of `feature` of `template.content_removed`. */
    removed: t.readonlyArray(t.string),
  }),
)

export const TemplateVersion = t.readonly(
  t.intersection([
    t.type({
      version: t.number,
      /** Key of the stored file: SHA-256 of its bytes, hex. */
      sha256: t.string,
      /** bytes */
      size: t.number,
      file_name: t.string,
      tags: t.readonlyArray(Tag),
      loops: t.readonlyArray(Loop),
      /** The same tags and loops in place, for comparing them with data. */
      tree: t.readonlyArray(TemplateNode),
      /** Catalogue codes. */
      warnings: t.readonlyArray(t.string),
    }),
    /** Absent when the file was stored as it came. */
    t.partial({ cleaned: Cleaning }),
  ]),
  'TemplateVersion',
)
export type TemplateVersion = t.TypeOf<typeof TemplateVersion>

const kept = { organization_id: OrganizationId, name: t.string }
const added = { template_id: TemplateId, content: TemplateVersion }

const events = {
  TemplateUploaded: t.readonly(t.type({ ...added, ...kept })),
  /** `kept`: what no version changes, so that no event before it needs to be read. It is absent from what was written before it was known. */
  TemplateVersionAdded: t.readonly(t.intersection([t.type(added), t.partial({ kept: t.readonly(t.type(kept)) })])),
}
export type TemplateEvent = EventOf<typeof events>

type Content = Omit<TemplateVersion, 'version'>
export type UploadTemplate = {
  readonly type: 'UploadTemplate'
  readonly template_id: TemplateId
  readonly organization_id: OrganizationId
  readonly name: string
  readonly content: Content
}
export type AddTemplateVersion = { readonly type: 'AddTemplateVersion'; readonly content: Content }
export type TemplateCommand = UploadTemplate | AddTemplateVersion

export type TemplateRefusal = { readonly _tag: 'TemplateNotFound' } | { readonly _tag: 'TemplateAlreadyExists' }

/** Versions rise from 1, and each is one event: version `n` is the latest at revision `n - 1`. */
export type Template = {
  readonly status: 'stored'
  readonly templateId: TemplateId
  readonly organizationId: OrganizationId
  readonly name: string
  /** The one that steps use from now on. */
  readonly latest: TemplateVersion
}
export type TemplateState = { readonly status: 'unknown' } | Template

const stored = (
  templateId: TemplateId,
  { organization_id, name }: { readonly organization_id: OrganizationId; readonly name: string },
  latest: TemplateVersion,
): Template => ({ status: 'stored', templateId, organizationId: organization_id, name, latest })

const evolve = (state: TemplateState, { type, data }: TemplateEvent): TemplateState => {
  switch (type) {
    case 'TemplateUploaded':
      return stored(data.template_id, data, data.content)
    case 'TemplateVersionAdded':
      if (data.kept !== undefined) return stored(data.template_id, data.kept, data.content)
      return state.status === 'unknown' ? state : { ...state, latest: data.content }
  }
}

const decide =
  (command: TemplateCommand) =>
  (state: TemplateState): E.Either<TemplateRefusal, ReadonlyArray<TemplateEvent>> => {
    switch (command.type) {
      case 'UploadTemplate': {
        const { type: _, content, ...data } = command
        return state.status === 'unknown'
          ? E.right([{ type: 'TemplateUploaded', data: { ...data, content: { ...content, version: 1 } } }])
          : E.left({ _tag: 'TemplateAlreadyExists' })
      }
      case 'AddTemplateVersion': {
        if (state.status === 'unknown') return E.left({ _tag: 'TemplateNotFound' })
        const { templateId: template_id, organizationId: organization_id, name, latest } = state
        if (latest.sha256 === command.content.sha256) return E.right([])
        const content = { ...command.content, version: latest.version + 1 }
        const data = { template_id, content, kept: { organization_id, name } }
        return E.right([{ type: 'TemplateVersionAdded', data }])
      }
    }
  }

export const templateCategory = 'template'

/** A stored file whose tags were compiled when it was uploaded. The same bytes again make no new version. */
export const template: Aggregate<TemplateState, TemplateCommand, TemplateEvent, TemplateRefusal> = {
  category: templateCategory,
  codec: eventCodec(events),
  initialState: { status: 'unknown' },
  evolve,
  decide,
  isWhole: ({ type, data }) => type === 'TemplateUploaded' || data.kept !== undefined,
}

export const templateStream = (id: TemplateId): StreamName => streamName(templateCategory, id)
/** Where this version is the latest. */
export const revisionOfVersion = (version: number): Revision => revision(BigInt(version - 1))
